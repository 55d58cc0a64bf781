package io.flame4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.acme.FirstProgram;
import io.flame4j.CallOptions;
import io.flame4j.FlameParent;
import io.flame4j.FlamePool;
import io.flame4j.MapResult;
import io.flame4j.Placed;
import io.flame4j.ResultFilter;
import io.flame4j.RunnerContext;
import io.flame4j.RunnerInitializer;
import io.flame4j.Tracked;
import io.flame4j.backend.ProcessBackend;
import io.flame4j.testsupport.DocumentSnippets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The examples of the documents, run for real: see {@link DocumentSnippets}. */
class SnippetsTest {

    private final List<String> log = new ArrayList<>();
    private FlamePool open;

    @AfterEach
    void close() {
        if (open != null) {
            open.shutdownNow();
        }
    }

    private FlamePool small() {
        open = FlamePool.builder("snippets").max(1).build();
        return open;
    }

    static final class Thumbnails {
        private Thumbnails() {}

        static byte[] of(byte[] picture) {
            return new byte[] {picture[0]};
        }
    }

    static final class Models {
        private Models() {}

        static void loadInto(String runner) {
            System.setProperty("model", runner);
        }
    }

    // snippet: initializer
    public static final class LoadModel implements RunnerInitializer {
        @Override
        public void initialize(FlameParent parent) {
            Models.loadInto(parent.runnerId());
        }
    }
    // end

    static int count(String text) {
        return text.split(" ").length;
    }

    static void warmCaches() {}

    @Test
    void quickstart() {
        byte[] picture = {7, 8};
        // snippet: quickstart
        FlamePool pool = FlamePool.builder("thumbs").max(4).maxConcurrency(2).build();
        byte[] thumbnail = pool.call(() -> Thumbnails.of(picture)); // runs in a runner JVM
        // end
        open = pool;
        assertThat(thumbnail).containsExactly(7);
    }

    @Test
    void exceptions() throws IOException {
        FlamePool pool = small();
        boolean caught = false;
        // snippet: exceptions
        try {
            pool.call(() -> Files.readString(Path.of("/etc/missing")));
        } catch (NoSuchFileException e) {
            // the same type, message, cause and suppressed exceptions
            // end
            caught = e.getMessage().equals("/etc/missing");
        }
        assertThat(caught).isTrue();
    }

    @Test
    void pool() {
        // snippet: pool
        FlamePool pool = FlamePool.builder("thumbs")
                .backend(ProcessBackend.builder().heap("512m").build())
                .min(0)
                .max(4)
                .maxConcurrency(2)
                .idleShutdownAfter(Duration.ofSeconds(30))
                .build();
        // end
        open = pool;
        assertThat(pool.stats().max()).isEqualTo(4);
    }

    @Test
    void calls() {
        FlamePool pool = small();
        String text = "one two";
        // snippet: calls
        int words = pool.call(() -> count(text)); // waits for the value
        pool.call(() -> warmCaches()); // no value
        CompletableFuture<Integer> later = pool.callAsync(() -> count(text));
        CompletableFuture<Void> done = pool.callAsync(() -> warmCaches()); // completes with null, or with the failure
        pool.cast(() -> warmCaches()); // nobody waits; failures go to listener and log
        int careful = pool.call(
                () -> count(text),
                CallOptions.defaults().timeout(Duration.ofMinutes(2)).retries(1));
        // end
        assertThat(done.join()).isNull();
        assertThat(List.of(words, later.join(), careful)).containsOnly(2);
    }

    @Test
    void progress() {
        FlamePool pool = small();
        // snippet: progress
        String result = pool.call(
                () -> {
                    RunnerContext.current().progress("half way");
                    return "done";
                },
                CallOptions.defaults().onProgress(value -> log.add(String.valueOf(value))));
        // end
        assertThat(result).isEqualTo("done");
        assertThat(log).containsExactly("half way");
    }

    @Test
    void map() {
        FlamePool pool = small();
        List<String> words = List.of("x", "yy");
        // snippet: map
        List<Integer> lengths = pool.map(List.of("a", "bb", "ccc"), word -> word.length());

        try (Stream<MapResult<String, Integer>> results = pool.mapStream(words.stream(), word -> word.length())) {
            results.forEach(result -> log.add(result.input() + " " + result.value()));
        }
        // end
        assertThat(lengths).containsExactly(1, 2, 3);
        assertThat(log).containsExactlyInAnyOrder("x 1", "yy 2");
    }

    @Test
    void place() {
        FlamePool pool = small();
        int found;
        // snippet: place
        try (Placed<List<String>> memory = pool.place(() -> new ArrayList<>())) {
            memory.call(list -> list.add("one"));
            memory.call(list -> list.add("two"));
            int size = memory.call(list -> list.size());
            CompletableFuture<String> last =
                    memory.callAsync(list -> list.get(1), CallOptions.defaults().timeout(Duration.ofSeconds(5)));
            String two = last.join();
            memory.run(list -> list.clear()); // no value
            // end
            assertThat(two).isEqualTo("two");
            found = size;
        }
        assertThat(found).isEqualTo(2);
    }

    @Test
    void tracked() {
        FlamePool pool = small();
        int found;
        // snippet: tracked
        CallOptions tracking = CallOptions.defaults().trackResources(true);
        try (Tracked<StringBuilder> buffer =
                pool.call(() -> RunnerContext.current().track(new StringBuilder("abc")), tracking)) {
            buffer.run(b -> b.append("d"));
            int length = buffer.call(b -> b.length());
            // end
            found = length;
        }
        assertThat(found).isEqualTo(4);
    }

    @Test
    void initializer() {
        open = FlamePool.builder("snippets").max(1).initializer(LoadModel.class).build();
        assertThat(open.call(() -> System.getProperty("model"))).isEqualTo("snippets-1");
    }

    @Test
    void resultFilter() {
        byte[] picture = {7, 8};
        // snippet: result-filter
        FlamePool pool = FlamePool.builder("thumbs")
                .resultFilter(ResultFilter.allowing("com.acme.orders.**", "com.acme.Money")
                        .maxBytes(64 << 20)
                        .maxDepth(200))
                .build();
        // end
        open = pool;
        assertThat(pool.call(() -> Thumbnails.of(picture))).containsExactly(7);
    }

    @Test
    void theWholeProgramPrintsWhatTheReadmeSays() throws IOException {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            FirstProgram.main(new String[0]);
        } finally {
            System.setOut(before);
        }
        Matcher said = Pattern.compile("It prints:\\s*```\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("..", "README.md")));
        assertThat(said.find()).isTrue();
        // Others may log to the same place in between.
        assertThat(printed.toString(StandardCharsets.UTF_8).lines())
                .containsSubsequence(said.group(1).lines().toList());
    }

    @Test
    void theDocumentsShowWhatRunsHere() throws IOException {
        // What needs Kubernetes or Spring is run where there is that.
        DocumentSnippets.runBy(SnippetsTest.class)
                .in("README.md", "(?!kubernetes-|spring-).*")
                .in("docs/guide.md")
                .in("docs/SECURITY.md")
                .program("first-program", Path.of("src", "test", "java", "com", "acme", "FirstProgram.java"))
                .nested()
                .openEnded()
                .check(11);
    }
}
