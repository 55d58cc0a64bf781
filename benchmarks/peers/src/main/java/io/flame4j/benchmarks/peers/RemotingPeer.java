package io.flame4j.benchmarks.peers;

import hudson.remoting.Callable;
import hudson.remoting.Channel;
import io.flame4j.benchmarks.Contender;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The remoting of Jenkins, in the last version that Maven Central has, from before it was renamed: one binary channel for
 * all callers over a buffered socket, requests on a pool of threads, as Jenkins' own launcher does it.
 */
final class RemotingPeer implements Contender {

    /** Held, so that it stays as quiet as it is made: it tells of each end of a channel. */
    private static final Logger LOG = Logger.getLogger("hudson.remoting");

    @Override
    public String label() {
        return "remoting";
    }

    @Override
    public Session open(int callers) throws Exception {
        LOG.setLevel(Level.OFF);
        return new RemotingSession();
    }

    /** What remoting carries. */
    private record Task(Job job) implements Callable<Object, Exception> {
        @Override
        @SuppressWarnings("NullAway") // Remoting lets a task return null.
        public Object call() throws Exception {
            return job.run();
        }
    }

    private static Channel channel(Socket socket, ExecutorService executor) throws IOException {
        socket.setTcpNoDelay(true);
        return new Channel(
                "bench",
                executor,
                Channel.Mode.BINARY,
                new BufferedInputStream(socket.getInputStream()),
                new BufferedOutputStream(socket.getOutputStream()));
    }

    private static final class RemotingSession extends PeerSession {

        private final ServerSocket listener = Loopback.listen(0);
        private final ExecutorService executor = Executors.newCachedThreadPool();
        private @Nullable Socket socket;
        private @Nullable Channel channel;

        RemotingSession() throws IOException {}

        @Override
        public void start() throws Exception {
            own(Child.start(
                    List.of(), ClassPath.of("remoting"), RunnerMain.class, Integer.toString(listener.getLocalPort())));
            listener.setSoTimeout((int) (START_SECONDS * 1_000));
            socket = listener.accept();
            channel = channel(socket, executor);
        }

        @Override
        @Nullable
        Object call(Job job) throws Exception {
            if (channel == null) {
                throw new IllegalStateException("not started");
            }
            return channel.call(new Task(job));
        }

        @Override
        void closeParent() throws Exception {
            if (socket != null) {
                socket.close();
            }
            listener.close();
            executor.shutdownNow();
        }
    }

    /** The runner. */
    static final class RunnerMain {
        private RunnerMain() {}

        public static void main(String[] args) throws Exception {
            Child.endWithParent();
            Socket socket = new Socket(Loopback.address(), Integer.parseInt(args[0]));
            channel(socket, Executors.newCachedThreadPool()).join();
        }
    }
}
