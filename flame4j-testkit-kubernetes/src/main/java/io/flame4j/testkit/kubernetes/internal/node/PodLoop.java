package io.flame4j.testkit.kubernetes.internal.node;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The thread of a node, which decides all that becomes of its pods. It starts and signals processes, and waits for nothing
 * else: what may block is done by {@link NodeApi}, and what happens comes in by {@link #post}.
 */
public final class PodLoop {

    private static final Logger LOGGER = System.getLogger("io.flame4j.testkit.kubernetes");

    private final NodeOptions options;
    private final NodeApi api;
    private final Path directory;
    private final ServiceAccountFiles accounts;
    private final Clock clock = Clock.systemUTC();
    private final ScheduledThreadPoolExecutor executor;
    private final List<Rule> rules = new CopyOnWriteArrayList<>();

    /** By uid, and with a number that grows. Written by the thread of the loop. */
    private final Map<String, Numbered> runs = new ConcurrentHashMap<>();

    private final AtomicLong number = new AtomicLong();

    /** What others wait for, which the end of the thread must not leave open. */
    private final Set<CompletableFuture<?>> asked = ConcurrentHashMap.newKeySet();

    // Of the thread of the loop
    private final PodAddresses addresses;
    private boolean closed;

    /** Whether a pod waits for an address. */
    private boolean starved;

    private volatile @Nullable Thread thread;
    private volatile boolean lost;

    private record Numbered(long number, PodRun run) {}

    /**
     * A loop without pods.
     *
     * @param options how the node is to be
     * @param api talks to the API server
     * @param directory for the files of the node, which is removed in the end
     */
    public PodLoop(NodeOptions options, NodeApi api, Path directory) {
        this.options = options;
        this.api = api;
        this.directory = directory;
        accounts = new ServiceAccountFiles(api.client());
        addresses = new PodAddresses(options.hardware().podNetwork());
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread created = new Thread(task, "flame4j-node-" + options.name());
            created.setDaemon(true);
            thread = created;
            return created;
        });
        executor.setRemoveOnCancelPolicy(true);
    }

    // For everybody

    /**
     * Does something on the thread of the loop, later.
     *
     * @param task must not block
     */
    public void post(Runnable task) {
        try {
            executor.execute(() -> logged(task));
        } catch (RejectedExecutionException e) {
            LOGGER.log(Level.TRACE, "the node is closed", e);
        }
    }

    private static void logged(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOGGER.log(Level.ERROR, "the node has failed", e);
        }
    }

    /**
     * Does something on the thread of the loop, and waits for it unless this is that thread.
     *
     * @param task must not block
     * @param <T> what it returns
     * @return that
     * @throws IllegalStateException when the node is closed, or is so meanwhile
     */
    public <T> T ask(Supplier<T> task) {
        if (Thread.currentThread() == thread) {
            return task.get();
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        asked.add(answer);
        try {
            executor.execute(() -> answer.completeAsync(task, Runnable::run));
            return answer.join();
        } catch (RejectedExecutionException | CancellationException e) {
            throw new IllegalStateException("Node " + options.name() + " is closed.", e);
        } finally {
            asked.remove(answer);
        }
    }

    public void add(Rule rule) {
        rules.add(rule);
        rule.onEnd(() -> {
            rules.remove(rule);
            post(() -> runs().forEach(PodRun::hurry));
        });
        post(() -> runs().forEach(PodRun::advance));
    }

    /**
     * The pods that run, or are about to.
     *
     * @param which of them
     * @return their runs
     */
    List<PodRun> living(Predicate<Pod> which) {
        return runs().filter(run -> run.isHere() && which.test(run.pod())).toList();
    }

    /** The runs in the order in which their pods were seen. */
    private Stream<PodRun> runs() {
        return runs.values().stream()
                .sorted(Comparator.comparingLong(Numbered::number))
                .map(Numbered::run);
    }

    /** A container of the latest pod of a name. */
    Optional<ContainerRun> find(String namespace, String pod, String container) {
        return runs().filter(run -> run.pod().getMetadata().getName().equals(pod)
                        && run.pod().getMetadata().getNamespace().equals(namespace))
                .reduce((first, second) -> second)
                .map(run -> run.find(container));
    }

    // What is seen

    public void seen(Pod pod) {
        post(() -> {
            if (!closed) {
                Numbered known = runs.get(pod.getMetadata().getUid());
                if (known == null) {
                    PodRun run = new PodRun(this, pod, directoryOf(pod));
                    known = new Numbered(number.incrementAndGet(), run);
                    runs.put(pod.getMetadata().getUid(), known);
                } else if (isOlder(pod, known.run().pod())) {
                    return;
                }
                known.run().changed(pod);
            }
        });
    }

    /** What was listed may come after what was watched. */
    private static boolean isOlder(Pod seen, Pod known) {
        try {
            return Long.parseLong(seen.getMetadata().getResourceVersion())
                    < Long.parseLong(known.getMetadata().getResourceVersion());
        } catch (NumberFormatException e) {
            // Servers need not count.
            return false;
        }
    }

    public void gone(Pod pod) {
        post(() -> {
            Numbered known = runs.get(pod.getMetadata().getUid());
            if (known != null) {
                known.run().deleted();
            }
        });
    }

    private Path directoryOf(Pod pod) {
        return directory.resolve(pod.getMetadata().getNamespace() + "_"
                + pod.getMetadata().getName() + "_" + pod.getMetadata().getUid());
    }

    // What pods ask, on the thread of the loop

    NodeOptions options() {
        return options;
    }

    NodeApi api() {
        return api;
    }

    Instant now() {
        return clock.instant();
    }

    boolean isLost() {
        return lost;
    }

    ScheduledFuture<?> later(Duration delay, Runnable task) {
        return executor.schedule(() -> logged(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    Optional<Rule> rule(Rule.Point point, Pod pod) {
        return rules.stream().filter(rule -> rule.meets(point, pod)).findFirst();
    }

    void act(Pod pod) {
        rules.forEach(rule -> rule.act(pod));
    }

    @Nullable
    String takeAddress() {
        String address = addresses.take();
        starved |= address == null;
        return address;
    }

    void giveBack(String address) {
        addresses.giveBack(address);
        if (starved) {
            starved = false;
            post(() -> runs().forEach(PodRun::advance));
        }
    }

    /** Finds the environment of a container out, elsewhere, and tells it here. */
    void configure(PodRun run, Container container, String ip, PodRun.Configured then) {
        Pod pod = run.pod();
        api.execute(() -> {
            try {
                Files.createDirectories(run.directory());
                Map<String, String> base = baseOf(run);
                PodContext context = new PodContext(
                        ip, options.hardware().hostIp(), options.hardware().capacity(), base);
                Map<String, String> environment = Environment.of(
                        pod, container, context, api.sources(pod.getMetadata().getNamespace()));
                post(() -> then.with(environment));
            } catch (ConfigException | KubernetesClientException e) {
                post(() -> then.failed(String.valueOf(e.getMessage())));
            } catch (IOException | RuntimeException e) {
                // For the status of the pod, where somebody will look.
                post(() -> then.failed(e.toString()));
            }
        });
    }

    /** Writes new tokens for all pods that have some. Blocks. */
    public void renewTokens() {
        List<PodRun> runs = ask(() -> living(pod -> true));
        for (PodRun run : runs) {
            Path files = accountFiles(run);
            if (Files.exists(files)) {
                try {
                    accounts.write(run.pod(), files);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private static Path accountFiles(PodRun run) {
        return run.directory().resolve("serviceaccount");
    }

    /** What containers have on this node whatever they say. */
    private Map<String, String> baseOf(PodRun run) throws IOException {
        Map<String, String> base = new HashMap<>();
        for (String name : List.of("PATH", "HOME", "JAVA_HOME")) {
            String value = System.getenv(name);
            if (value != null) {
                base.put(name, value);
            }
        }
        base.put("HOSTNAME", run.pod().getMetadata().getName());
        base.putAll(KubernetesService.variables(api.client().getMasterUrl()));
        String variable = options.services().serviceAccountVariable();
        if (!variable.isEmpty() && !Boolean.FALSE.equals(run.pod().getSpec().getAutomountServiceAccountToken())) {
            Path files = accountFiles(run);
            accounts.write(run.pod(), files);
            base.put(variable, files.toString());
        }
        options.environment().forEach((name, value) -> base.put(name, Expansion.expand(value, base)));
        return base;
    }

    // Losing the node

    /**
     * Falls silent.
     *
     * @param kill whether the processes are killed, or frozen
     */
    public void lose(boolean kill) {
        ask(() -> {
            lost = true;
            api.pause();
            living(pod -> true).forEach(run -> {
                if (kill) {
                    run.killAll("");
                } else {
                    run.signal("STOP");
                }
            });
            return lost;
        });
    }

    public void recover() {
        ask(() -> {
            lost = false;
            living(pod -> true).forEach(run -> run.signal("CONT"));
            api.resume();
            runs().forEach(PodRun::advance);
            return lost;
        });
    }

    // The end

    /** Kills all processes without much ado, when this JVM ends before the node is closed. */
    void abandon() {
        runs().forEach(PodRun::killForGood);
    }

    /** Kills all processes, waits for them, and ends the thread. */
    public void close() {
        List<ProcessHandle> processes = ask(() -> {
            closed = true;
            lost = true; // says and starts nothing more
            return runs().flatMap(run -> run.killForGood().stream()).toList();
        });
        processes.forEach(process -> process.onExit().join());
        executor.shutdownNow();
        Threads.awaitEnd(executor);
        // What was dropped. Whoever asks from now on is refused.
        asked.forEach(answer -> answer.cancel(false));
    }
}
