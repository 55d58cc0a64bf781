package io.flame4j.benchmarks.peers;

import io.flame4j.benchmarks.Contender;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jgroups.Address;
import org.jgroups.JChannel;
import org.jgroups.Message;
import org.jgroups.Receiver;
import org.jgroups.View;
import org.jgroups.blocks.MethodCall;
import org.jgroups.blocks.RequestOptions;
import org.jgroups.blocks.RpcDispatcher;
import org.jgroups.protocols.FD_ALL3;
import org.jgroups.protocols.FD_SOCK2;
import org.jgroups.protocols.FRAG2;
import org.jgroups.protocols.TCP;
import org.jgroups.protocols.TCPPING;
import org.jgroups.protocols.UFC;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.STABLE;
import org.jgroups.stack.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * JGroups' {@code RpcDispatcher} on the stack of its own {@code tcp.xml}, with fixed ports: methods by number, out of band
 * and unbundled, as its manual recommends for calls that must be quick.
 */
final class JGroupsPeer implements Contender {

    private static final short RUN = 0;

    @Override
    public String label() {
        return "jgroups";
    }

    @Override
    public Session open(int callers) throws Exception {
        return new JGroupsSession(callers);
    }

    private static JChannel channel(int port, int seed, int threads) throws Exception {
        TCP tcp = new TCP();
        tcp.setBindAddress(Loopback.address());
        tcp.setBindPort(port);
        tcp.tcpNodelay(true);
        tcp.setPortRange(0);
        tcp.getThreadPool().setMaxThreads(Math.max(200, 2 * threads));
        JChannel channel = new JChannel(
                tcp,
                new TCPPING()
                        .setInitialHosts2(List.of(new IpAddress(new InetSocketAddress(Loopback.address(), seed))))
                        .setPortRange(0),
                new FD_SOCK2().setBindAddress(Loopback.address()),
                new FD_ALL3(),
                new NAKACK2().useMcastXmit(false),
                new UNICAST3(),
                new STABLE().setDesiredAverageGossip(50_000).setMaxBytes(4 << 20),
                new GMS().printLocalAddress(false).setJoinTimeout(2_000),
                new UFC().setMaxCredits(10 << 20).setMinThreshold(0.4),
                new FRAG2().setFragSize(60_000));
        // It listens to a multicast address.
        tcp.getDiagnosticsHandler().setEnabled(false);
        return channel;
    }

    private static RpcDispatcher dispatcher(JChannel channel, Runner runner) throws Exception {
        Method run = Runner.class.getMethod("run", Job.class);
        RpcDispatcher dispatcher = new RpcDispatcher(channel, runner);
        dispatcher.setMethodLookup(id -> run);
        return dispatcher;
    }

    /** What runs jobs. */
    public static final class Runner {
        @Nullable
        public Object run(Job job) throws Exception {
            return job.run();
        }
    }

    private static final class JGroupsSession extends PeerSession implements Receiver {

        private final CountDownLatch joined = new CountDownLatch(1);
        private final int callers;
        private final int port;
        private final JChannel channel;
        private final RpcDispatcher dispatcher;
        private final RequestOptions options = RequestOptions.SYNC()
                .setTimeout(TimeUnit.SECONDS.toMillis(CALL_SECONDS))
                .setFlags(Message.Flag.OOB, Message.Flag.DONT_BUNDLE);
        private volatile @Nullable Address runner;

        JGroupsSession(int callers) throws Exception {
            this.callers = callers;
            this.port = Loopback.freePort();
            this.channel = channel(port, port, callers);
            this.dispatcher = dispatcher(channel, new Runner());
            dispatcher.setReceiver(this);
            channel.connect("bench");
        }

        @Override
        public void viewAccepted(View view) {
            for (Address member : view.getMembers()) {
                if (!member.equals(channel.getAddress())) {
                    runner = member;
                    joined.countDown();
                }
            }
        }

        @Override
        public void start() throws Exception {
            own(Child.start(
                    List.of("-Djava.net.preferIPv4Stack=true"),
                    ClassPath.of("jgroups"),
                    RunnerMain.class,
                    Integer.toString(Loopback.freePort()),
                    Integer.toString(port),
                    Integer.toString(callers)));
            await(joined);
        }

        @Override
        @Nullable
        Object call(Job job) throws Exception {
            return dispatcher.callRemoteMethod(runner, new MethodCall(RUN, job), options);
        }

        @Override
        void closeParent() throws IOException {
            dispatcher.close();
            channel.close();
        }
    }

    /** The runner. */
    static final class RunnerMain {
        private RunnerMain() {}

        public static void main(String[] args) throws Exception {
            Child.endWithParent();
            JChannel channel = channel(Integer.parseInt(args[0]), Integer.parseInt(args[1]), Integer.parseInt(args[2]));
            dispatcher(channel, new Runner());
            channel.connect("bench");
        }
    }
}
