package io.flame4j.internal.closure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.CodeMismatchException;
import io.flame4j.RemoteTaskException;
import io.flame4j.ResultSerializationException;
import io.flame4j.TaskSerializationException;
import io.flame4j.codec.Codec;
import io.flame4j.internal.bytes.ByteReader;
import io.flame4j.internal.bytes.ByteWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.Serializable;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parent and runner with different builds of the application. */
class CodeMismatchTest {

    private static final String ONE_LAMBDA = """
            public class Job {
                static Object id(Object o) { return o; }
                public static Object task() { return id((RemoteTask<String, RuntimeException>) () -> "pay"); }
            }
            """;

    /** The same shape, inserted before: the compiler numbers both anew. */
    private static final String TWO_LAMBDAS = """
            public class Job {
                static Object id(Object o) { return o; }
                public static Object other() { return id((RemoteTask<String, RuntimeException>) () -> "refund"); }
                public static Object task() { return id((RemoteTask<String, RuntimeException>) () -> "pay"); }
            }
            """;

    @TempDir
    Path directory;

    private CompiledCode version(String name) throws IOException {
        return new CompiledCode(Files.createDirectories(directory.resolve(name)));
    }

    private static byte[] encoded(ClassLoader loader) throws ReflectiveOperationException {
        Serializable task = (Serializable) CompiledCode.call(loader, "app.Job", "task");
        return Trips.encode(new TaskEncoder(Codec.jdk()).encode(task));
    }

    @Test
    void a_lambda_of_another_build_is_refused_where_plain_serialization_would_run_the_wrong_body() throws Throwable {
        String before = """
                public class Job {
                    public static Object task() { return Helper.keep(() -> "pay"); }
                }
                """;
        String after = """
                public class Job {
                    public static Object task() {
                        Helper.keep(() -> "refund");
                        return Helper.keep(() -> "pay");
                    }
                }
                """;
        String helper = """
                public class Helper {
                    public static Object keep(RemoteTask<String, RuntimeException> task) { return task; }
                }
                """;
        ClassLoader old =
                version("old").with("Helper", helper).with("Job", before).loader();
        ClassLoader recompiled =
                version("new").with("Helper", helper).with("Job", after).loader();
        Object task = CompiledCode.call(old, "app.Job", "task");

        Object misled = plainTrip(task, recompiled);
        assertThat(((io.flame4j.RemoteTask<?, ?>) misled).call())
                .as("the danger is real")
                .isEqualTo("refund");

        assertThatThrownBy(() -> Trips.decode(encoded(old), recompiled))
                .isInstanceOf(CodeMismatchException.class)
                .hasMessageContaining("different versions of class app.Job")
                .hasMessageContaining("same build")
                .hasMessageContaining("restart the application: its classes on disk have changed since it started");
    }

    private static Object plainTrip(Object object, ClassLoader loader) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new ObjectOutputStream(out).writeObject(object);
        return new ObjectInputStream(new ByteArrayInputStream(out.toByteArray())) {
            @Override
            protected Class<?> resolveClass(ObjectStreamClass descriptor) throws ClassNotFoundException {
                return Class.forName(descriptor.getName(), false, loader);
            }
        }.readObject();
    }

    @Test
    void the_same_build_in_another_loader_runs() throws Throwable {
        ClassLoader here = version("a").with("Job", TWO_LAMBDAS).loader();
        ClassLoader there = version("b").with("Job", TWO_LAMBDAS).loader();
        assertThat(Trips.decode(encoded(here), there).run(null)).isEqualTo("pay");
    }

    @Test
    void a_mismatch_fails_every_use_and_leaves_the_connection_good() throws Throwable {
        ClassLoader here = version("a").with("Job", ONE_LAMBDA).loader();
        ClassLoader there = version("b").with("Job", TWO_LAMBDAS).loader();
        TaskDecoder decoder = new TaskDecoder(Codec.jdk(), there);
        KnownShapes known = new KnownShapes();
        EncodedTask bad =
                new TaskEncoder(Codec.jdk()).encode((Serializable) CompiledCode.call(here, "app.Job", "task"));
        EncodedTask good =
                new TaskEncoder(Codec.jdk()).encode((Serializable) CompiledCode.call(there, "app.Job", "task"));
        for (int i = 0; i < 3; i++) {
            byte[] bytes = Trips.encode(bad, known);
            assertThatThrownBy(() -> decoder.decode(new ByteReader(bytes))).isInstanceOf(CodeMismatchException.class);
        }
        assertThat(decoder.decode(new ByteReader(Trips.encode(good, known))).run(null))
                .isEqualTo("pay");
    }

    @Test
    void a_changed_class_is_not_even_initialised() throws Throwable {
        String source = """
                public class Job {
                    static { System.setProperty("flame4j.test.initialised", "MARK"); }
                    public static Object task() {
                        return (RemoteTask<String, RuntimeException>) () -> "pay";
                    }
                }
                """;
        ClassLoader here = version("a").with("Job", source.replace("MARK", "a")).loader();
        ClassLoader there =
                version("b").with("Job", source.replace("MARK", "b")).loader();
        byte[] bytes = encoded(here);
        assertThatThrownBy(() -> Trips.decode(bytes, there)).isInstanceOf(CodeMismatchException.class);
        assertThat(System.clearProperty("flame4j.test.initialised")).isEqualTo("a");
    }

    @Test
    void a_method_reference_into_a_changed_class_is_refused() throws Throwable {
        String job = """
                public class Job {
                    public static Object task() { return (RemoteTask<String, RuntimeException>) Prices::today; }
                }
                """;
        String prices = "public class Prices { public static String today() { return \"PRICE\"; } }";
        ClassLoader here = version("a")
                .with("Prices", prices.replace("PRICE", "1"))
                .with("Job", job)
                .loader();
        ClassLoader there = version("b")
                .with("Prices", prices.replace("PRICE", "2"))
                .with("Job", job)
                .loader();
        byte[] bytes = encoded(here);
        assertThatThrownBy(() -> Trips.decode(bytes, there))
                .isInstanceOf(CodeMismatchException.class)
                .hasMessageContaining("app.Prices");
    }

    @Test
    void so_is_one_inside_a_captured_collection() throws Throwable {
        String job = """
                public class Job {
                    public static Object task() {
                        java.util.List<Object> steps = new java.util.ArrayList<>();
                        steps.add((RemoteTask<String, RuntimeException>) Prices::today);
                        return (RemoteTask<Object, RuntimeException>) () -> steps.get(0);
                    }
                }
                """;
        String prices = "public class Prices { public static String today() { return \"PRICE\"; } }";
        ClassLoader here = version("a")
                .with("Prices", prices.replace("PRICE", "1"))
                .with("Job", job)
                .loader();
        ClassLoader there = version("b")
                .with("Prices", prices.replace("PRICE", "2"))
                .with("Job", job)
                .loader();
        Thread.currentThread().setContextClassLoader(here);
        try {
            byte[] bytes = encoded(here);
            assertThat(Trips.decode(bytes, here).run(null)).isInstanceOf(io.flame4j.RemoteTask.class);
            assertThatThrownBy(() -> Trips.decode(bytes, there))
                    .isInstanceOf(CodeMismatchException.class)
                    .hasMessageContaining("app.Prices");
        } finally {
            Thread.currentThread().setContextClassLoader(getClass().getClassLoader());
        }
    }

    private static final String RECORD_JOB = """
            public class Job {
                public static Object task() {
                    Order order = new Order(ARGS);
                    return (RemoteTask<Order, RuntimeException>) () -> order;
                }
            }
            """;

    @Test
    void a_record_with_a_changed_component_is_refused_as_an_argument_and_as_a_result() throws Throwable {
        ClassLoader here = version("a")
                .with("Order", "public record Order(int amount) implements Serializable {}")
                .with("Job", RECORD_JOB.replace("ARGS", "7"))
                .loader();
        ClassLoader there = version("b")
                .with("Order", "public record Order(long total) implements Serializable {}")
                .with("Job", RECORD_JOB.replace("ARGS", "7"))
                .loader();
        ByteWriter argument = new ByteWriter();
        Object order = Trips.decode(encoded(here), here).run(null);
        new TaskEncoder(Codec.jdk())
                .encode((io.flame4j.RemoteFunction<Object, Object, RuntimeException>) o -> o, order)
                .writeTo(argument, new KnownShapes());
        assertThatThrownBy(() -> Trips.decode(argument.toByteArray(), there))
                .isInstanceOf(CodeMismatchException.class)
                .hasMessageContaining("app.Order");

        ByteWriter result = new ByteWriter();
        new ValueEncoder(Codec.jdk()).encodeResult(order, result);
        ByteReader in = new ByteReader(result.toByteArray());
        assertThatThrownBy(() -> new ValueDecoder(Codec.jdk(), there, Trips.ALLOW_ALL).decode(in))
                .isInstanceOf(CodeMismatchException.class)
                .hasMessageContaining("app.Order");
    }

    @Test
    void an_exception_of_another_build_arrives_as_text() throws Throwable {
        String source = """
                public class Broken extends RuntimeException {
                    final int code = CODE;
                    public Broken() { super("at the till"); }
                    public static Object make() { return new Broken(); }
                }
                """;
        ClassLoader here =
                version("a").with("Broken", source.replace("CODE", "1")).loader();
        ClassLoader there =
                version("b").with("Broken", source.replace("CODE", "2")).loader();
        Throwable thrown = (Throwable) CompiledCode.call(here, "app.Broken", "make");
        assertThat(Trips.failure(thrown, here, Trips.ALLOW_ALL)).hasSameClassAs(thrown);
        Throwable read = Trips.failure(thrown, there, Trips.ALLOW_ALL);
        assertThat(read)
                .isInstanceOf(RemoteTaskException.class)
                .hasMessageContaining("app.Broken: at the till")
                .hasMessageContaining("different versions of class app.Broken");
        assertThat(((RemoteTaskException) read).remoteStackTrace()).contains("app.Broken.make");

        assertThat(Trips.failure(thrown))
                .as("and so does one whose class the parent does not have")
                .isInstanceOf(RemoteTaskException.class)
                .hasMessageContaining("ClassNotFoundException: app.Broken");
    }

    @Test
    void a_class_that_is_missing_is_named() throws Throwable {
        ClassLoader here = version("a")
                .with("Order", "public record Order(int amount) implements Serializable {}")
                .with("Job", RECORD_JOB.replace("ARGS", "7"))
                .loader();
        byte[] bytes = encoded(here);
        assertThatThrownBy(() -> Trips.decode(bytes, getClass().getClassLoader()))
                .isInstanceOf(TaskSerializationException.class)
                .hasMessageContaining("app.")
                .hasMessageContaining("not on the runner's class path")
                .hasMessageContaining("only in the parent's memory");
        ByteWriter result = new ByteWriter();
        new ValueEncoder(Codec.jdk()).encodeResult(Trips.decode(bytes, here).run(null), result);
        ByteReader in = new ByteReader(result.toByteArray());
        assertThatThrownBy(() -> new ValueDecoder(Codec.jdk(), getClass().getClassLoader(), Trips.ALLOW_ALL).decode(in))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("app.Order")
                .hasMessageContaining("the parent does not have");
    }

    @Test
    void jars_and_directories_of_one_build_agree() throws Throwable {
        CompiledCode code = version("a").with("Job", ONE_LAMBDA);
        Path jar = directory.resolve("with space.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new JarEntry("app/Job.class"));
            out.write(Files.readAllBytes(code.classes().resolve("app/Job.class")));
        }
        ClassLoader fromJar = CompiledCode.loader(List.of(jar.toUri().toURL()));
        Class<?> inJar = fromJar.loadClass("app.Job");
        Class<?> inDirectory = code.loader().loadClass("app.Job");
        assertThat(ClassFingerprint.of(inJar)).isNotZero().isEqualTo(ClassFingerprint.of(inDirectory));
        assertThat(Trips.decode(encoded(fromJar), code.loader()).run(null)).isEqualTo("pay");

        URL nested = new URL("jar:" + jar.toUri() + "!/");
        assertThat(ClassFingerprint.of(CompiledCode.loader(List.of(nested)).loadClass("app.Job")))
                .as("as in an executable fat jar")
                .isEqualTo(ClassFingerprint.of(inDirectory));
    }

    @Test
    void fingerprints_tell_classes_apart_and_leave_the_platform_alone() throws Throwable {
        ClassLoader loader = version("a").with("Job", ONE_LAMBDA).loader();
        Class<?> job = loader.loadClass("app.Job");
        Object lambda = CompiledCode.call(loader, "app.Job", "task");
        assertThat(ClassFingerprint.of(lambda.getClass())).isEqualTo(ClassFingerprint.of(job));
        assertThat(ClassFingerprint.of(
                        java.lang.reflect.Array.newInstance(job, 0, 0).getClass()))
                .isEqualTo(ClassFingerprint.of(job));
        assertThat(ClassFingerprint.of(getClass()))
                .isNotEqualTo(ClassFingerprint.of(job))
                .isNotZero();
        assertThat(ClassFingerprint.of(String.class)).isZero();
        assertThat(ClassFingerprint.of(java.sql.Connection.class)).isZero();
        assertThat(ClassFingerprint.of(int[][].class)).isZero();
    }
}
