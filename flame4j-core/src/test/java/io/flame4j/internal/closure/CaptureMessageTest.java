package io.flame4j.internal.closure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.acme.Till;
import io.flame4j.FlamePool;
import io.flame4j.Placed;
import io.flame4j.RemoteTask;
import io.flame4j.ResultSerializationException;
import io.flame4j.TaskSerializationException;
import io.flame4j.codec.Codec;
import io.flame4j.internal.bytes.ByteWriter;
import java.io.ByteArrayInputStream;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.reflect.Proxy;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Scanner;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.StampedLock;
import org.junit.jupiter.api.Test;

/** What the caller is told when a task cannot travel. */
class CaptureMessageTest {

    private static String message(Serializable task) {
        return catchThrowableOfType(TaskSerializationException.class, () -> new TaskEncoder(Codec.jdk()).encode(task))
                .getMessage();
    }

    private static String captured(Object value) {
        return message(Till.captures(value));
    }

    @Test
    void a_lambda_that_reads_a_field() throws Throwable {
        assertThat(message(new Till().readsField()))
                .matches("The task cannot travel to a runner: lambda in com\\.acme\\.Till\\.readsField"
                        + "\\(Till\\.java:\\d+\\) holds a value that is not serializable\\. "
                        + "Path: captured argument 0 \\(this: com\\.acme\\.Till\\)\\. "
                        + "Cure: the lambda reads a field or calls a method of the enclosing object, .*"
                        + "\\(this, a com\\.acme\\.Till\\)\\. .*"
                        + "make com\\.acme\\.Till implement java\\.io\\.Serializable\\.")
                .contains("Copy the field to a local variable before the lambda");
        assertThat(Trips.<Object>run(new Till().copiesField())).as("the cure").isEqualTo("EUR");
    }

    @Test
    void a_lambda_that_calls_a_method() {
        assertThat(message(new Till().callsMethod()))
                .contains("lambda in com.acme.Till.callsMethod(Till.java:")
                .contains("captured argument 0 (this: com.acme.Till)")
                .contains("make the method static");
    }

    @Test
    void a_reference_to_a_method_of_this() {
        assertThat(message(new Till().boundReference()))
                .contains("method reference com.acme.Till::total in com.acme.Till holds")
                .contains("Path: captured argument 0 (receiver: com.acme.Till).")
                .contains("the method reference takes its receiver along");
    }

    @Test
    void an_anonymous_class() {
        assertThat(message(new Till().anonymous()))
                .contains("anonymous class com.acme.Till$1 in com.acme.Till.anonymous(Till.java:")
                .contains("Path: anonymous class com.acme.Till$1 in com.acme.Till.anonymous")
                .contains("→ com.acme.Till$1.this$0 → com.acme.Till.")
                .contains("Use a lambda or a static nested class");
    }

    @Test
    void a_local_class() {
        assertThat(message(new Till().local()))
                .contains("local class com.acme.Till$1Sum in com.acme.Till.local(Till.java:")
                .contains(".this$0 → com.acme.Till.")
                .contains("Use a lambda or a static nested class");
    }

    @Test
    void the_path_goes_through_fields_collections_maps_and_arrays() {
        Till.Customer customer = new Till.Customer();
        customer.connection = new Till.PgConnection();
        assertThat(captured(customer))
                .contains("Path: captured argument 0 (com.acme.Till$Customer) → com.acme.Till$Customer.connection"
                        + " → com.acme.Till$Connection implementation com.acme.Till$PgConnection.")
                .contains("open it inside the task");
        Till.Customer other = new Till.Customer();
        other.orders.add("fine");
        other.orders.add(new Object[] {1, Map.of("key", new Till.Plain())});
        assertThat(captured(other))
                .contains("com.acme.Till$Customer.orders[1][1][key] → com.acme.Till$Plain.")
                .contains("make com.acme.Till$Plain implement java.io.Serializable");
    }

    @Test
    void a_field_can_be_made_transient() {
        record Holder(Till.Plain plain) implements Serializable {}
        assertThat(captured(new Holder(new Till.Plain())))
                .contains("or mark the field " + Holder.class.getTypeName() + ".plain transient");
    }

    @Test
    void an_argument() {
        String text = catchThrowableOfType(
                        TaskSerializationException.class,
                        () -> new TaskEncoder(Codec.jdk()).encode(Till.identity(), List.of(new Till.Plain())))
                .getMessage();
        assertThat(text)
                .contains("lambda in com.acme.Till.identity(Till.java:")
                .contains("Path: argument (java.util.ImmutableCollections$List12)[0] → com.acme.Till$Plain.");
    }

    @Test
    void nested_lambdas() {
        RemoteTask<Object, RuntimeException> inner = Till.captures(new Till.Plain());
        assertThat(captured(inner))
                .contains(
                        "captured argument 0 (a lambda of com.acme.Till) → captured argument 0 (com.acme.Till$Plain).")
                .doesNotContain("Lambda$");
    }

    @Test
    void things_with_a_cure_of_their_own() {
        List<Integer> list = new ArrayList<>(List.of(1, 2, 3));
        Map<String, Integer> map = new HashMap<>(Map.of("a", 1));
        assertThat(captured(Optional.of(1))).contains("java.util.Optional").contains("optional.orElse(null)");
        assertThat(captured(list.subList(0, 1))).contains("new ArrayList<>(list.subList(from, to))");
        assertThat(captured(map.keySet())).contains("new HashSet<>(map.keySet())");
        assertThat(captured(map.entrySet())).contains("or pass the map");
        assertThat(captured(map.values())).contains("new ArrayList<>(map.values())");
        assertThat(captured(new TreeMap<>(map).values())).contains("new ArrayList<>(map.values())");
        assertThat(captured(list.stream())).contains("collect it first").contains("stream.toList()");
        assertThat(captured(list.iterator())).contains("into a list first").doesNotContain("stream");
        assertThat(captured(new Scanner("a")))
                .contains("open it inside the task")
                .doesNotContain("list");
        assertThat(captured(Path.of("a"))).contains("pass path.toString(), and make it again inside the task");
        assertThat(captured(new ThreadLocal<String>())).contains("threadLocal.get()");
    }

    @Test
    void things_that_are_tied_to_the_jvm() throws Exception {
        try (Socket socket = new Socket()) {
            assertThat(captured(socket)).contains("java.net.Socket").contains("open it inside the task");
        }
        assertThat(captured(new ByteArrayInputStream(new byte[1]))).contains("open it inside the task");
        assertThat(captured(new Till.PgConnection())).contains("open it inside the task");
        assertThat(captured(Thread.currentThread())).contains("start them inside the task");
        assertThat(captured(new CompletableFuture<String>())).contains("the value that the future holds");
        var executor = Executors.newCachedThreadPool();
        try {
            assertThat(captured(executor)).contains("start them inside the task");
        } finally {
            executor.shutdown();
        }
        assertThat(captured(new StampedLock().asReadLock())).contains("keep it out of the task");
    }

    @Test
    void things_of_ours_that_are_tied_to_the_jvm() {
        try (FlamePool pool = FlamePool.builder("texts").build()) {
            assertThat(captured(pool)).contains("use it in the parent, or build one inside the task");
            assertThat(result(pool)).contains("it is tied to the JVM that it was made in");
        }
        Placed<?> placed = (Placed<?>) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Unsent.class}, (proxy, method, args) -> null);
        assertThat(Cure.of(
                        Cargo.TASK, "root", new GraphWalk.Step(placed, null, "captured argument 0", Placed.class, 0)))
                .isEqualTo("it is tied to this JVM; use it in the parent, or open one inside the task.");
    }

    interface Unsent extends Placed<Object> {}

    private static String result(Object value) {
        return catchThrowableOfType(
                        ResultSerializationException.class,
                        () -> new ValueEncoder(Codec.jdk()).encodeResult(value, new ByteWriter()))
                .getMessage();
    }

    @Test
    void a_result() {
        assertThat(result(List.of(new Till.Plain())))
                .startsWith("The task ran, but its result holds a value that is not serializable. Path: result (")
                .contains("make com.acme.Till$Plain implement java.io.Serializable")
                .endsWith("or return only what the caller needs.")
                .doesNotContain("pass");
        assertThat(result(new Object())).endsWith("Cure: return the data that the caller needs from it.");
        assertThat(result(new Till.PgConnection()))
                .endsWith("it is tied to the runner's JVM; return only what the caller needs from it.");
        assertThat(result(Optional.of(1))).contains("return the value in it");
        assertThat(result(new CompletableFuture<String>()))
                .contains("return the value")
                .doesNotContain("inside the task");
        assertThat(result(Till.captures(new Till.Plain())))
                .contains("Path: result (a lambda of com.acme.Till) → captured argument 0 (com.acme.Till$Plain).");
    }

    @Test
    void a_progress_value() {
        assertThatThrownBy(() -> new ValueEncoder(Codec.jdk())
                        .encodeProgress(new ArrayList<>(List.of(new Till.Plain())), new ByteWriter()))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageStartingWith("In the middle of the task, the progress value that it sends holds a value")
                .hasMessageContaining("Path: progress value (java.util.ArrayList)[0] → com.acme.Till$Plain.")
                .hasMessageEndingWith("or send only what the listener needs.");
    }

    @Test
    void a_lambda_of_a_type_that_is_not_serializable() {
        assertThat(message(Till.capturesLambda(() -> 1)))
                .contains("Path: captured argument 0 (a lambda of " + getClass().getName() + ").")
                .contains("(Runnable & Serializable) () -> ...")
                .contains("Declare it as RemoteFunction");
    }

    static final class Picky implements Serializable {
        private static final long serialVersionUID = 1L;

        private void writeObject(ObjectOutputStream out) {
            throw new IllegalStateException("not on a Sunday");
        }
    }

    static final class Secretive implements Serializable {
        private static final long serialVersionUID = 1L;

        private void writeObject(ObjectOutputStream out) throws NotSerializableException {
            throw new NotSerializableException("com.acme.Hidden");
        }
    }

    @Test
    void a_class_that_fails_to_write_itself() {
        assertThat(captured(new Picky())).contains("java.lang.IllegalStateException: not on a Sunday");
        assertThat(captured(new Secretive())).contains("holds an object of com.acme.Hidden");
    }

    @Test
    void an_exception_with_a_field_that_is_not_serializable() {
        class Odd extends RuntimeException {
            private static final long serialVersionUID = 1L;
            final Till.Plain plain = new Till.Plain();
        }
        Exception wrapper = new IllegalStateException(new Odd());
        assertThat(captured(wrapper))
                .contains("(java.lang.IllegalStateException).cause → ")
                .contains("Odd.plain → com.acme.Till$Plain");
    }

    @Test
    void the_cause_is_kept() {
        TaskSerializationException e = catchThrowableOfType(
                TaskSerializationException.class,
                () -> new TaskEncoder(Codec.jdk()).encode(Till.captures(new Till.Plain())));
        assertThat(e).hasCauseInstanceOf(NotSerializableException.class);
    }

    @Test
    void a_large_or_cyclic_graph_is_still_explained() {
        List<Object> cyclic = new ArrayList<>();
        cyclic.add(cyclic);
        for (int i = 0; i < 100_000; i++) {
            cyclic.add(new ArrayList<>());
        }
        cyclic.add(new Till.Plain());
        assertThat(captured(cyclic)).contains("[100001] → com.acme.Till$Plain");
    }
}
