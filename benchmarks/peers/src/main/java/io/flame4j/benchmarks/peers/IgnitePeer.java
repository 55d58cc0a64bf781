package io.flame4j.benchmarks.peers;

import io.flame4j.benchmarks.Contender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCompute;
import org.apache.ignite.Ignition;
import org.apache.ignite.cluster.ClusterNode;
import org.apache.ignite.configuration.DataRegionConfiguration;
import org.apache.ignite.configuration.DataStorageConfiguration;
import org.apache.ignite.configuration.IgniteConfiguration;
import org.apache.ignite.events.DiscoveryEvent;
import org.apache.ignite.events.EventType;
import org.apache.ignite.lang.IgniteCallable;
import org.apache.ignite.logger.NullLogger;
import org.apache.ignite.spi.communication.tcp.TcpCommunicationSpi;
import org.apache.ignite.spi.discovery.tcp.TcpDiscoverySpi;
import org.apache.ignite.spi.discovery.tcp.ipfinder.vm.TcpDiscoveryVmIpFinder;
import org.jspecify.annotations.Nullable;

/**
 * Apache Ignite's compute grid: two server nodes found by a fixed list, no peer class loading, no failover, no result
 * cache, no logging, no connectors, a data region as small as it goes, a thread for each caller. Ignite 2 cannot carry
 * records.
 */
final class IgnitePeer implements Contender {

    private static final long REGION = 16L << 20;

    /** What Ignite's own start script opens. */
    static final List<String> OPENS = List.of(
            "java.base/jdk.internal.access",
            "java.base/jdk.internal.misc",
            "java.base/sun.nio.ch",
            "java.base/sun.util.calendar",
            "java.management/com.sun.jmx.mbeanserver",
            "jdk.internal.jvmstat/sun.jvmstat.monitor",
            "java.base/sun.reflect.generics.reflectiveObjects",
            "jdk.management/com.sun.management.internal",
            "java.base/java.io",
            "java.base/java.nio",
            "java.base/java.net",
            "java.base/java.util",
            "java.base/java.util.concurrent",
            "java.base/java.util.concurrent.locks",
            "java.base/java.util.concurrent.atomic",
            "java.base/java.lang",
            "java.base/java.lang.invoke",
            "java.base/java.math",
            "java.sql/java.sql",
            "java.base/java.lang.reflect",
            "java.base/java.time",
            "java.base/java.text",
            "java.management/sun.management",
            "java.desktop/java.awt.font");

    @Override
    public String label() {
        return "ignite";
    }

    @Override
    public Session open(int callers) throws Exception {
        return new IgniteSession(callers);
    }

    private static IgniteConfiguration config(String name, int port, int seed, Path work, int threads) {
        System.setProperty("IGNITE_QUIET", "true");
        System.setProperty("IGNITE_NO_ASCII", "true");
        System.setProperty("IGNITE_UPDATE_NOTIFIER", "false");
        System.setProperty("IGNITE_NO_SHUTDOWN_HOOK", "true");
        return new IgniteConfiguration()
                .setIgniteInstanceName(name)
                .setConsistentId(name)
                .setLocalHost(Loopback.HOST)
                .setWorkDirectory(work.toString())
                .setGridLogger(new NullLogger())
                .setMetricsLogFrequency(0)
                .setPeerClassLoadingEnabled(false)
                .setPublicThreadPoolSize(Math.max(threads, Runtime.getRuntime().availableProcessors()))
                .setConnectorConfiguration(null)
                .setClientConnectorConfiguration(null)
                .setUserAttributes(Map.of())
                .setCommunicationSpi(
                        new TcpCommunicationSpi().setLocalPort(port + 1).setLocalPortRange(PORTS))
                .setDiscoverySpi(new TcpDiscoverySpi()
                        .setLocalPort(port)
                        .setLocalPortRange(0)
                        .setIpFinder(new TcpDiscoveryVmIpFinder().setAddresses(List.of(Loopback.HOST + ":" + seed))))
                .setDataStorageConfiguration(new DataStorageConfiguration()
                        .setDefaultDataRegionConfiguration(new DataRegionConfiguration()
                                .setInitialSize(REGION)
                                .setMaxSize(REGION)));
    }

    private static final int PORTS = 100;

    private static final class IgniteSession extends PeerSession {

        private final CountDownLatch joined = new CountDownLatch(1);
        private final int callers;
        private final int port;
        private final Path work;
        private final Ignite ignite;
        private volatile @Nullable IgniteCompute compute;

        IgniteSession(int callers) throws IOException {
            this.callers = callers;
            this.port = Loopback.freePort();
            this.work = Files.createTempDirectory("flame4j-ignite");
            this.ignite = Ignition.start(config("parent-" + port, port, port, work, callers));
            ignite.events()
                    .localListen(
                            event -> {
                                ClusterNode node = ((DiscoveryEvent) event).eventNode();
                                compute = ignite.compute(ignite.cluster().forNode(node))
                                        .withNoFailover()
                                        .withNoResultCache();
                                joined.countDown();
                                return true;
                            },
                            EventType.EVT_NODE_JOINED);
        }

        @Override
        public void start() throws Exception {
            List<String> options = OPENS.stream()
                    .map(opened -> "--add-opens=" + opened + "=ALL-UNNAMED")
                    .toList();
            own(Child.start(
                    options,
                    ClassPath.of("ignite-core", "cache-api", "annotations"),
                    RunnerMain.class,
                    Integer.toString(Loopback.freePort()),
                    Integer.toString(port),
                    work.toString(),
                    Integer.toString(callers)));
            await(joined);
        }

        @Override
        @Nullable
        Object call(Job job) {
            IgniteCompute runner = compute;
            if (runner == null) {
                throw new IllegalStateException("not started");
            }
            return runner.call(task(job));
        }

        @SuppressWarnings("NullAway") // A job may return null, and Ignite lets it.
        private static IgniteCallable<Object> task(Job job) {
            return job::run;
        }

        @Override
        void closeParent() throws IOException {
            Ignition.stop(ignite.name(), true);
            try (Stream<Path> files = Files.walk(work)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /** The runner. */
    static final class RunnerMain {
        private RunnerMain() {}

        public static void main(String[] args) {
            Child.endWithParent();
            int port = Integer.parseInt(args[0]);
            Ignition.start(config(
                    "runner-" + port, port, Integer.parseInt(args[1]), Path.of(args[2]), Integer.parseInt(args[3])));
        }
    }
}
