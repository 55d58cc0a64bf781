package io.flame4j.examples.thumbnails;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flame4j.FlamePool;
import io.flame4j.PoolListener;
import io.flame4j.RunnerBootException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {

    private static final Function<PoolListener, FlamePool> NO_POOL = listener -> {
        throw new AssertionError("no pool is needed for this");
    };

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void tellsHowItIsUsed() {
        assertThat(main(NO_POOL).run("--help")).isZero();
        assertThat(text(out)).startsWith("Usage: ./demo [--dashboard] [DIR]");
        assertThat(text(err)).isEmpty();
    }

    @Test
    void refusesWrongArguments() {
        assertThat(main(NO_POOL).run("--fast")).isEqualTo(2);
        assertThat(main(NO_POOL).run("a", "b")).isEqualTo(2);
        assertThat(text(err)).contains("demo: unknown option --fast", "demo: one DIR at most", "Usage:");
        assertThat(text(out)).isEmpty();
    }

    @Test
    void refusesAFolderWithoutPictures() {
        assertThat(main(NO_POOL).run(folder.toString())).isEqualTo(2);
        assertThat(main(NO_POOL).run(folder.resolve("missing").toString())).isEqualTo(2);
        assertThat(text(err))
                .contains("demo: no PNG, JPEG, GIF or BMP pictures in " + folder)
                .contains("missing does not exist");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void endsWithAnErrorWhenNoRunnerStarts() throws Exception {
        Files.write(folder.resolve("a.png"), Images.encode(TestPictures.scene(64, 64, 1), "png"));

        int code = main(listener -> {
                    throw new RunnerBootException("no java", true, null);
                })
                .run(folder.toString());

        assertThat(code).isEqualTo(1);
        assertThat(text(err)).contains("no java");
    }

    @Test
    void makesTheContactSheetOfAFolder() throws Exception {
        Files.createDirectories(folder.resolve("sub"));
        String odd = "a & b's #1 ü %41.png";
        Files.write(folder.resolve(odd), Images.encode(TestPictures.scene(320, 240, 1), "png"));
        Files.write(folder.resolve("copy.jpg"), Images.jpeg(TestPictures.scene(320, 240, 1), 0.5f));
        Files.write(folder.resolve("sub").resolve("c.bmp.gif"), Images.encode(TestPictures.plain(20, 40, 99), "gif"));
        Files.writeString(folder.resolve("broken.png"), "not a picture");

        assertThat(main(InProcessPool::open).run(folder.toString())).isZero();

        assertThat(text(err)).isEmpty();
        assertThat(text(out))
                .contains("Each picture is a call to a runner JVM.")
                .containsPattern("pictures +3 ")
                .containsPattern("median call overhead +[0-9.]+ ms +waiting and the way there and back, beside")
                .containsPattern("near-duplicate groups +1 +of 2 pictures")
                .containsPattern("damaged file +1")
                .contains("broken.png: not a picture in a known format");
        Path output = folder.resolve("out");
        try (var thumbs = Files.list(output.resolve("thumbs"))) {
            assertThat(thumbs).hasSize(3);
        }
        String html = Files.readString(output.resolve("index.html"));
        assertThat(html).contains("a &amp; b&#39;s #1 ü %41.png").doesNotContain("a & b");
        assertThat(TimelineTest.count(
                        TimelineTest.parse(Files.readString(output.resolve("timeline.svg"))),
                        "//*[starts-with(@class, 'bar ')]"))
                .isEqualTo(4);
        Matcher links = Pattern.compile("(?:href|src)=\"(\\./[^\"]+|thumbs[^\"]+|\\.\\./[^\"]+)\"")
                .matcher(html);
        int found = 0;
        while (links.find()) {
            assertThat(Path.of(output.toUri()
                            .resolve(links.group(1).replace("&#39;", "'").replace("&amp;", "&"))))
                    .exists();
            found++;
        }
        assertThat(found)
                .as("a link and a picture, for three pictures and two in a group")
                .isEqualTo(10);
    }

    @Test
    void servesALivePageForTheRun() throws Exception {
        Files.write(folder.resolve("a.png"), Images.encode(TestPictures.scene(64, 64, 1), "png"));
        List<String> seen = new ArrayList<>();

        assertThat(main(listener -> {
                            seen.add(get(address(), "state"));
                            return InProcessPool.open(listener);
                        })
                        .run("--dashboard", folder.toString()))
                .isZero();

        assertThat(seen).singleElement().asString().contains("\"pools\":[]");
        assertThat(text(out)).doesNotContain("Enter").containsPattern("pictures +1 ");
        assertThatThrownBy(() -> get(address(), "state")).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void onATerminalThePageStaysUntilEnter() throws Exception {
        Files.write(folder.resolve("a.png"), Images.encode(TestPictures.scene(64, 64, 1), "png"));
        PipedOutputStream keyboard = new PipedOutputStream();
        Main main = main(new PipedInputStream(keyboard), ProgressLine.Style.ASCII_TERMINAL, InProcessPool::open);
        CompletableFuture<Integer> code =
                CompletableFuture.supplyAsync(() -> main.run(folder.toString(), "--dashboard"));
        eventually("It begins when you open the page, or press Enter.");

        keyboard.write('\n');
        eventually("Press Enter to end it.");
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() ->
                        assertThat(get(address(), "state")).contains("\"name\":\"thumbnails\"", "\"open\":false"));
        assertThat(code).isNotDone();
        keyboard.write('\n');

        assertThat(code.get(60, TimeUnit.SECONDS)).isZero();
    }

    private void eventually(String text) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(text(out)).contains(text));
    }

    /** Where the page is, as printed. */
    private URI address() {
        Matcher printed =
                Pattern.compile("Watch it live: (http://127\\.0\\.0\\.1:\\d+/)").matcher(text(out));
        assertThat(printed.find()).isTrue();
        return URI.create(printed.group(1));
    }

    private static String get(URI page, String path) {
        try (InputStream in = page.resolve(path).toURL().openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void removesThumbnailsOfAnEarlierRunAndNothingElse() throws Exception {
        Files.write(folder.resolve("a.png"), Images.encode(TestPictures.scene(64, 64, 1), "png"));
        Path thumbs = Files.createDirectories(folder.resolve("out").resolve("thumbs"));
        Files.writeString(thumbs.resolve("0007.jpg"), "old");
        Files.writeString(thumbs.resolve("mine.jpg"), "not the demo's");

        assertThat(main(InProcessPool::open).run(folder.toString())).isZero();

        assertThat(thumbs.resolve("0007.jpg")).doesNotExist();
        assertThat(thumbs.resolve("mine.jpg")).exists();
        assertThat(thumbs.resolve("0001.jpg")).exists();
    }

    private Main main(Function<PoolListener, FlamePool> pools) {
        return main(InputStream.nullInputStream(), ProgressLine.Style.PLAIN, pools);
    }

    private Main main(InputStream in, ProgressLine.Style style, Function<PoolListener, FlamePool> pools) {
        return new Main(
                new Output(folder.resolve("out")),
                in,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                style,
                pools);
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
