package io.flame4j.benchmarks.peers;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipAdapter;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IExecutorService;
import io.flame4j.benchmarks.Contender;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Hazelcast's distributed executor, {@code submitToMember}: two members, multicast, auto-detection, metrics, statistics
 * and logging off, no wait before a member joins, a thread for each caller, and the JVM options that Hazelcast recommends.
 */
final class HazelcastPeer implements Contender {

    private static final String EXECUTOR = "bench";

    private static final List<String> OPTIONS = List.of(
            "--add-modules=java.se",
            "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=java.management/sun.management=ALL-UNNAMED",
            "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED");

    @Override
    public String label() {
        return "hazelcast";
    }

    @Override
    public Session open(int callers) throws Exception {
        return new HazelcastSession(callers);
    }

    private static Config config(int port, int seed, String cluster, int threads) {
        Config config = new Config();
        config.setClusterName(cluster);
        config.setProperty("hazelcast.logging.type", "none");
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.setProperty("hazelcast.socket.bind.any", "false");
        config.setProperty("hazelcast.wait.seconds.before.join", "0");
        config.setProperty("hazelcast.shutdownhook.enabled", "false");
        config.getMetricsConfig().setEnabled(false);
        config.getExecutorConfig(EXECUTOR).setPoolSize(threads).setStatisticsEnabled(false);
        NetworkConfig network = config.getNetworkConfig();
        network.setPort(port).setPortAutoIncrement(false);
        network.getInterfaces().setEnabled(true).addInterface(Loopback.HOST);
        JoinConfig join = network.getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true).addMember(Loopback.HOST + ":" + seed);
        return config;
    }

    /** What Hazelcast carries. */
    private record Task(Job job) implements Callable<Object>, Serializable {
        @Override
        @SuppressWarnings("NullAway") // A Callable may return null, as this one does.
        public Object call() throws Exception {
            return job.run();
        }
    }

    private static final class HazelcastSession extends PeerSession {

        private final CountDownLatch joined = new CountDownLatch(1);
        private final int callers;
        private final int port;
        private final String cluster;
        private final HazelcastInstance hazelcast;
        private final IExecutorService executor;
        private volatile @Nullable Member runner;

        HazelcastSession(int callers) throws IOException {
            this.callers = callers;
            this.port = Loopback.freePort();
            this.cluster = "bench-" + ProcessHandle.current().pid() + "-" + port;
            this.hazelcast = Hazelcast.newHazelcastInstance(config(port, port, cluster, callers));
            this.executor = hazelcast.getExecutorService(EXECUTOR);
            hazelcast.getCluster().addMembershipListener(new MembershipAdapter() {
                @Override
                public void memberAdded(MembershipEvent event) {
                    runner = event.getMember();
                    joined.countDown();
                }
            });
        }

        @Override
        public void start() throws Exception {
            own(Child.start(
                    OPTIONS,
                    ClassPath.of("hazelcast"),
                    RunnerMain.class,
                    Integer.toString(Loopback.freePort()),
                    Integer.toString(port),
                    cluster,
                    Integer.toString(callers)));
            await(joined);
        }

        @Override
        @Nullable
        Object call(Job job) throws Exception {
            Member member = runner;
            if (member == null) {
                throw new IllegalStateException("not started");
            }
            return executor.submitToMember(new Task(job), member).get(CALL_SECONDS, TimeUnit.SECONDS);
        }

        @Override
        void closeParent() {
            hazelcast.getLifecycleService().terminate();
        }
    }

    /** The runner. */
    static final class RunnerMain {
        private RunnerMain() {}

        public static void main(String[] args) {
            Child.endWithParent();
            Hazelcast.newHazelcastInstance(
                    config(Integer.parseInt(args[0]), Integer.parseInt(args[1]), args[2], Integer.parseInt(args[3])));
        }
    }
}
