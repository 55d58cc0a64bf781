package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.CallOptions;
import io.flame4j.FlamePool;
import io.flame4j.RemoteTask;
import io.flame4j.ResultSerializationException;
import io.flame4j.RunnerContext;
import io.flame4j.TaskSerializationException;
import java.io.Serializable;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A user's usual mistakes, and what the pool says to them before anything has left the process. */
class ClosureMessagesTest extends PoolTests {

    private final List<String> names = new ArrayList<>(List.of("ada"));
    private FlamePool pool;

    @BeforeEach
    void start() {
        pool = start(local().max(1));
    }

    private void assertRefused(RemoteTask<?, ?> task, String... parts) {
        assertThatThrownBy(() -> pool.callAsync(task))
                .isInstanceOf(TaskSerializationException.class)
                .satisfies(refused -> assertThat(refused.getMessage()).contains(parts))
                .hasMessageContaining("ClosureMessagesTest");
        assertThat(pool.stats().runners()).as("nothing was sent").isEmpty();
    }

    @Test
    void aLambdaThatReadsAField() {
        assertRefused(() -> names.size(), "aLambdaThatReadsAField", "this", "Copy the field to a local variable");
    }

    @Test
    void aLocalCopyIsTheCure() {
        List<String> copy = names;
        assertThat(pool.<Integer, RuntimeException>call(() -> copy.size())).isEqualTo(1);
    }

    @Test
    void anAnonymousClass() {
        assertRefused(
                new RemoteTask<Integer, RuntimeException>() {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public Integer call() {
                        return names.size();
                    }
                },
                "this$0",
                "Use a lambda or a static nested class");
    }

    @Test
    void aLocalClass() {
        class Counter implements RemoteTask<Integer, RuntimeException>, Serializable {
            private static final long serialVersionUID = 1L;

            @Override
            public Integer call() {
                return names.size();
            }
        }
        assertRefused(new Counter(), "this$0", "Use a lambda or a static nested class");
    }

    @Test
    void anOptional() {
        Optional<String> name = Optional.of("ada");
        assertRefused(() -> name.get(), "captured argument 0", "java.util.Optional", "orElse(null)");
    }

    @Test
    void aSubList() {
        List<String> some = new ArrayList<>(List.of("a", "b", "c")).subList(0, 2);
        assertRefused(() -> some.size(), "captured argument 0", "SubList", "new ArrayList<>(");
    }

    @Test
    void aStream() {
        Stream<String> stream = Stream.of("a");
        assertRefused(() -> stream.count(), "captured argument 0", "java.util.stream", "toList()");
    }

    @Test
    void aSocketDeepInside() throws Exception {
        try (Socket socket = new Socket()) {
            List<Object> list = new ArrayList<>(List.of("a", Optional.of(socket)));
            assertRefused(() -> list.size(), "captured argument 0", "[1]", "java.util.Optional");
            List<Object> direct = new ArrayList<>(List.of("a", socket));
            assertRefused(() -> direct.size(), "captured argument 0", "[1]", "java.net.Socket");
        }
    }

    @Test
    void aThread() {
        Thread thread = new Thread(() -> {});
        assertRefused(() -> thread.getName(), "captured argument 0", "java.lang.Thread");
    }

    @Test
    void aResult() {
        assertThatThrownBy(() -> pool.call(() -> List.of(Optional.of(1))))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("runner " + pool.name() + "-1")
                .hasMessageContaining("java.util.Optional");
    }

    @Test
    void aProgressValueFailsInTheTaskThatSentIt() {
        assertThatThrownBy(() -> pool.call(
                        () -> {
                            ArrayList<Object> value = new ArrayList<>(List.of(Optional.of(1)));
                            RunnerContext.current().progress(value);
                            return "never";
                        },
                        CallOptions.defaults().onProgress(value -> {})))
                .isInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("java.util.Optional");
        assertThat(pool.call(() -> "fine")).isEqualTo("fine");
    }
}
