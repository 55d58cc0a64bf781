package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.CodeMismatchException;
import io.flame4j.FlamePool;
import io.flame4j.RemoteTask;
import io.flame4j.ResultSerializationException;
import io.flame4j.TaskSerializationException;
import io.flame4j.backend.ProcessBackend;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code that a runner has: another build, none at all, or one that only some loader of the parent knows. */
class CodeOnRunnersTest extends PoolTests {

    private static final String APP = """
            package shop;
            import io.flame4j.FlamePool;
            import java.io.Serializable;
            import java.nio.file.*;
            public class App {
                public static class Price implements Serializable {
                    private static final long serialVersionUID = 1L;
                    public final int cents;
                    public Price(int cents) { this.cents = cents; }
                    @Override public String toString() { return cents + " cents"; }
                }
                public static Object price(FlamePool pool, String marker) throws Exception {
                    return pool.call(() -> {
                        Files.writeString(Path.of(marker), "ran");
                        return new Price(%d);
                    });
                }
                public static Object half(FlamePool pool, String marker) throws Exception {
                    Price whole = new Price(100);
                    return pool.call(() -> {
                        Files.writeString(Path.of(marker), "ran");
                        return whole.cents / 2;
                    });
                }
                public static java.util.concurrent.CompletableFuture<?> later(FlamePool pool, String marker) {
                    return pool.callAsync(() -> new Price(%1$d));
                }
            }
            """;

    @TempDir
    Path directory;

    /** Compiles a build of the application. */
    private Path build(String name, int cents) throws IOException {
        Path source = directory.resolve(name + "/src/shop/App.java");
        Path classes = directory.resolve(name + "/classes");
        Files.createDirectories(source.getParent());
        Files.createDirectories(classes);
        Files.writeString(source, APP.formatted(cents));
        String classPath = System.getProperty("java.class.path");
        int status = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-cp", classPath, "-d", classes.toString(), source.toString());
        assertThat(status).isZero();
        return classes;
    }

    /** What is made of it at run time has no class file of its own. */
    static final class Generated implements RemoteTask<String, RuntimeException> {
        private static final long serialVersionUID = 1L;

        Generated() {}

        @Override
        public String call() {
            return "ran";
        }
    }

    @Test
    void aClassThatIsOnlyInMemoryIsRefusedWithTheReason() throws Exception {
        byte[] bytes;
        try (InputStream in = Generated.class.getResourceAsStream("CodeOnRunnersTest$Generated.class")) {
            bytes = in.readAllBytes();
        }
        Class<?> hidden = MethodHandles.lookup().defineHiddenClass(bytes, true).lookupClass();
        RemoteTask<?, ?> task =
                (RemoteTask<?, ?>) hidden.getDeclaredConstructor().newInstance();
        FlamePool pool = start(processes().max(1));

        assertThatThrownBy(() -> pool.call(task))
                .isInstanceOf(TaskSerializationException.class)
                .hasMessageContaining("The task needs class io.flame4j.it.CodeOnRunnersTest$Generated")
                .hasMessageContaining("only in the parent's memory")
                .hasMessageContaining("compile it to where the class path has it");
        assertThat(pool.<String, RuntimeException>call(new Generated())).isEqualTo("ran");
    }

    private static final String LAUNCHED = """
            import io.flame4j.FlamePool;
            public class Launched {
                public static void main(String[] args) {
                    try (FlamePool pool = FlamePool.builder("launched").max(1).build()) {
                        System.out.println((String) pool.call(() -> "%s"));
                    } catch (RuntimeException e) {
                        System.out.println(e);
                    }
                }
            }
            """;

    /** "java Launched.java" has its classes in memory only, and the class path has them as they were. */
    @Test
    void aSourceThatIsRunDirectlyIsNotTakenForWhatWasCompiledOfItBefore() throws Exception {
        Path source = directory.resolve("Launched.java");
        Path classes = Files.createDirectories(directory.resolve("compiled"));
        String classPath = System.getProperty("java.class.path");
        Files.writeString(source, LAUNCHED.formatted("the old one ran"));
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "-proc:none",
                                "-cp",
                                classPath,
                                "-d",
                                classes.toString(),
                                source.toString()))
                .isZero();
        Files.writeString(source, LAUNCHED.formatted("the new one ran"));
        Path output = directory.resolve("output");
        Process parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classPath + File.pathSeparator + classes,
                        source.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(parent.waitFor(100, TimeUnit.SECONDS)).isTrue();
        } finally {
            parent.destroyForcibly();
        }
        assertThat(Files.readString(output)).contains("CodeMismatchException").doesNotContain("one ran");
    }

    private static ClassLoader loader(Path classes) throws IOException {
        return new URLClassLoader(new URL[] {classes.toUri().toURL()}, CodeOnRunnersTest.class.getClassLoader());
    }

    /** A pool of processes that have this build beside what the tests have. */
    private FlamePool processesWith(Path classes) {
        List<Path> classPath = new ArrayList<>();
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(Files::exists)
                .forEach(classPath::add);
        if (classes != null) {
            classPath.add(classes);
        }
        return start(
                on(ProcessBackend.builder().heap("64m").classPath(classPath).build())
                        .max(1));
    }

    /** Calls the application of a loader, as a thread whose context it is. */
    private Object run(ClassLoader loader, String method, FlamePool pool) throws Throwable {
        return run(loader, loader, method, pool);
    }

    private Object run(ClassLoader loader, ClassLoader context, String method, FlamePool pool) throws Throwable {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(context);
        try {
            return loader.loadClass("shop.App")
                    .getMethod(method, FlamePool.class, String.class)
                    .invoke(null, pool, directory.resolve("marker").toString());
        } catch (InvocationTargetException e) {
            throw e.getCause();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private void assertNothingRan() {
        assertThat(directory.resolve("marker")).doesNotExist();
    }

    @Test
    void theSameBuildRunsAndItsResultIsOfTheCallersLoader() throws Throwable {
        Path classes = build("one", 7);
        FlamePool pool = processesWith(classes);
        ClassLoader loader = loader(classes);
        Object price = run(loader, "price", pool);
        assertThat(price).hasToString("7 cents");
        assertThat(price.getClass().getClassLoader()).isSameAs(loader);
        assertThat(directory.resolve("marker")).exists();
        assertThat(run(loader, "half", pool)).isEqualTo(50);
    }

    @Test
    void anotherBuildOfTheLambdasClassIsRefusedAndNothingRuns() throws Throwable {
        FlamePool pool = processesWith(build("theirs", 8));
        ClassLoader ours = loader(build("ours", 7));
        for (String method : List.of("price", "half")) {
            assertThatThrownBy(() -> run(ours, method, pool))
                    .isInstanceOf(CodeMismatchException.class)
                    .hasMessageContaining("shop.App")
                    .hasMessageContaining("runner " + pool.name() + "-1");
        }
        assertNothingRan();
        assertThat(pool.call(() -> "the runner goes on")).isEqualTo("the runner goes on");
        assertThat(pool.stats().calls().boots()).isEqualTo(1);
    }

    @Test
    void aClassThatTheRunnerDoesNotHaveIsNamed() throws Throwable {
        FlamePool pool = processesWith(null);
        ClassLoader ours = loader(build("ours", 7));
        assertThatThrownBy(() -> run(ours, "price", pool))
                .isInstanceOfAny(CodeMismatchException.class, TaskSerializationException.class)
                .hasMessageContaining("shop.App")
                .hasMessageContaining("class path");
        assertNothingRan();
    }

    /** As the threads of the JDK's common pool have it in an executable jar. */
    @Test
    void aContextLoaderAboveThatOfTheTaskDoesNotHideItsResult() throws Throwable {
        Path classes = build("one", 7);
        FlamePool pool = processesWith(classes);
        ClassLoader loader = loader(classes);
        List<Object> prices = new ArrayList<>();
        for (ClassLoader above :
                new ClassLoader[] {ClassLoader.getSystemClassLoader(), ClassLoader.getPlatformClassLoader(), null}) {
            prices.add(run(loader, above, "price", pool));
            prices.add(((CompletableFuture<?>) run(loader, above, "later", pool)).get(60, TimeUnit.SECONDS));
        }
        assertThat(prices)
                .hasSize(6)
                .allSatisfy(
                        price -> assertThat(price.getClass().getClassLoader()).isSameAs(loader));
    }

    @Test
    void aResultOfAClassThatTheCallerCannotSeeIsNamed() throws Throwable {
        Path classes = build("one", 7);
        FlamePool pool = processesWith(classes);
        ClassLoader blind = new URLClassLoader(new URL[0], CodeOnRunnersTest.class.getClassLoader());
        ClassLoader seeing = loader(classes);
        assertThatThrownBy(() -> {
                    Thread.currentThread().setContextClassLoader(blind);
                    try {
                        seeing.loadClass("shop.App")
                                .getMethod("price", FlamePool.class, String.class)
                                .invoke(null, pool, directory.resolve("marker").toString());
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    } finally {
                        Thread.currentThread().setContextClassLoader(CodeOnRunnersTest.class.getClassLoader());
                    }
                })
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("shop.App$Price");
    }

    @Test
    void asynchronousCallsKeepTheLoaderOfTheirCaller() throws Throwable {
        Path classes = build("one", 7);
        FlamePool pool = processesWith(classes);
        ClassLoader loader = loader(classes);
        Object price = ((CompletableFuture<?>) run(loader, "later", pool)).get(60, TimeUnit.SECONDS);
        assertThat(price.getClass().getClassLoader()).isSameAs(loader);
    }

    @Test
    void aLocalRunnerSeesTheClassesOfTheThreadThatBuiltThePool() throws Throwable {
        ClassLoader loader = loader(build("one", 7));
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        FlamePool pool;
        try {
            pool = start(local().max(1).maxConcurrency(1));
        } finally {
            thread.setContextClassLoader(before);
        }
        // This call boots the runner; it knows nothing of that loader.
        pool.call(() -> "boots");
        assertThat(run(loader, "price", pool)).hasToString("7 cents");
    }
}
