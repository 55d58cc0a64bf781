package io.flame4j.benchmarks.peers;

import io.flame4j.benchmarks.Contender;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * gRPC over its own Netty with epoll, without TLS: one channel for all callers, blocking stubs, the client's callbacks on
 * Netty's thread, a window of 8 MiB, messages of bytes that hold JDK-serialized closures and results.
 */
final class GrpcPeer implements Contender {

    private static final int WINDOW = 8 << 20;

    private static final MethodDescriptor<byte[], byte[]> RUN = MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodType.UNARY)
            .setFullMethodName(MethodDescriptor.generateFullMethodName("bench.Runner", "run"))
            .setRequestMarshaller(new Bytes())
            .setResponseMarshaller(new Bytes())
            .build();

    @Override
    public String label() {
        return "grpc";
    }

    @Override
    public Session open(int callers) {
        return new GrpcSession();
    }

    private static final class GrpcSession extends PeerSession {

        private @Nullable ManagedChannel channel;

        @Override
        public void start() throws Exception {
            Child child = own(Child.start(
                    List.of(),
                    ClassPath.of(
                            "grpc-[a-z-]+",
                            "guava",
                            "failureaccess",
                            "perfmark-api",
                            "gson",
                            "annotations",
                            "jsr305",
                            "error_prone_annotations"),
                    RunnerMain.class));
            channel = NettyChannelBuilder.forAddress(
                            new InetSocketAddress(Loopback.address(), Integer.parseInt(child.line())))
                    .usePlaintext()
                    .directExecutor()
                    .flowControlWindow(WINDOW)
                    .maxInboundMessageSize(Integer.MAX_VALUE)
                    .build();
        }

        @Override
        @Nullable
        Object call(Job job) throws Exception {
            CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS);
            return Bytes.read(ClientCalls.blockingUnaryCall(channel, RUN, options, Bytes.write(job)));
        }

        @Override
        void closeParent() throws Exception {
            if (channel != null) {
                channel.shutdownNow().awaitTermination(START_SECONDS, TimeUnit.SECONDS);
            }
        }
    }

    /** The runner. Its calls run on gRPC's own pool of threads, since a closure may block. */
    static final class RunnerMain {
        private RunnerMain() {}

        public static void main(String[] args) throws Exception {
            Child.endWithParent();
            Server server = NettyServerBuilder.forAddress(new InetSocketAddress(Loopback.address(), 0))
                    .flowControlWindow(WINDOW)
                    .maxInboundMessageSize(Integer.MAX_VALUE)
                    .addService(ServerServiceDefinition.builder("bench.Runner")
                            .addMethod(RUN, ServerCalls.asyncUnaryCall((request, observer) -> {
                                try {
                                    Job job = (Job) Bytes.read(request);
                                    observer.onNext(Bytes.write(job == null ? null : job.run()));
                                    observer.onCompleted();
                                } catch (Exception e) {
                                    observer.onError(e);
                                }
                            }))
                            .build())
                    .build()
                    .start();
            System.out.println(server.getPort());
            server.awaitTermination();
        }
    }

    /** Passes arrays on as they are. */
    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        static byte[] write(@Nullable Object value) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(1_024);
            try (ObjectOutputStream objects = new ObjectOutputStream(bytes)) {
                objects.writeObject(value);
            }
            return bytes.toByteArray();
        }

        @Nullable
        static Object read(byte[] bytes) throws IOException, ClassNotFoundException {
            try (ObjectInputStream objects = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
                return objects.readObject();
            }
        }
    }
}
