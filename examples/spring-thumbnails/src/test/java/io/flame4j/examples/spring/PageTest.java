package io.flame4j.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.flame4j.dashboard.Chromium;
import io.flame4j.examples.thumbnails.Thumbnails;
import io.flame4j.spring.test.FlameTest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.test.annotation.DirtiesContext;

/** The page, in a browser. */
@FlameTest
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {"management.server.port=0", "flame4j.pools.thumbs.max=2"})
@DirtiesContext
// More than all its waits together.
@Timeout(600)
class PageTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MANY = 1_000;

    /** The pool is gated, so that an album can be looked at while it is half done. */
    @TestConfiguration
    static class Gated {

        @Bean
        Gate gate() {
            return new Gate();
        }
    }

    private static Chromium browser;

    @TempDir
    private Path folder;

    @LocalServerPort
    private int port;

    @Autowired
    private Gate gate;

    @Autowired
    private Viewers viewers;

    @BeforeAll
    static void startBrowser() throws Exception {
        assumeTrue(Chromium.executable().isPresent(), "there is no Chromium on this machine");
        browser = Chromium.start();
    }

    @AfterAll
    static void endBrowser() throws Exception {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void openPage() {
        gate.shut();
        browser.complaints.clear();
        browser.size(1280, 900).prefers("prefers-color-scheme", "light").open("http://127.0.0.1:" + port + "/");
        until(() -> browser.text("#limits").contains("40 files at a time, 16 MB each and 32 MB together"));
    }

    @Test
    void thumbnailsAppearOneAfterTheOther() throws Exception {
        List<Path> files = new ArrayList<>();
        for (int number = 1; number <= 9; number++) {
            Thumbnails.Sample sample = Thumbnails.sample(number);
            files.add(java.nio.file.Files.write(folder.resolve(sample.name()), sample.file()));
        }
        files.add(2, java.nio.file.Files.writeString(folder.resolve("<img src=x onerror=alert(1)>.png"), "no picture"));
        files.add(3, java.nio.file.Files.write(folder.resolve("a book.pdf"), Files.pdf(3)));

        choose(files);

        // Four have a runner, among them the two odd ones; the others wait for one.
        until(() -> browser.count("[data-state=WORKING]") == 4 && browser.count("[data-state=WAITING]") == 7);
        // Whoever came later would not be held.
        until(() -> gate.held() == 4);
        gate.open(7);
        until(() -> browser.text("#summary").equals("5 of 13 done · 1 failed · 4 on runners · 3 waiting")
                && browser.count("[data-state=DONE] img") == 5);
        assertThat(browser.text("#runners")).contains("thumbs-", "made, ", "in the making");
        assertThat(browser.text("[data-state=FAILED] .name")).isEqualTo("<img src=x onerror=alert(1)>.png");
        assertThat(browser.text("[data-state=FAILED] .state"))
                .startsWith("failed: not a picture in a known format. What can be read: PNG, JPEG, GIF and BMP");
        assertThat(browser.text("[data-state=WORKING] .state")).matches("on thumbs[-\\d]+");
        assertThat(browser.text("[data-state=DONE] .state")).matches("done in \\d+ ms on thumbs[-\\d]+");
        browser.screenshot("album-light");
        browser.prefers("prefers-color-scheme", "dark");
        browser.screenshot("album-dark");
        browser.size(390, 800);
        browser.screenshot("album-phone");

        gate.open(MANY);
        until(() -> browser.text("#summary").equals("12 of 13 done · 1 failed"));
        // The pages stand where the PDF was.
        assertThat(browser.eval(
                        "[...document.querySelectorAll('.name')].slice(1, 7).map(n => n.textContent).join('|')"))
                .isEqualTo("02-" + name(files, 1) + "|<img src=x onerror=alert(1)>.png"
                        + "|a book.pdf, page 1|a book.pdf, page 2|a book.pdf, page 3|03-" + name(files, 4));
        until(() -> Boolean.TRUE.equals(
                browser.eval("[...document.images].every(image => image.complete && image.naturalWidth > 0)")));
        until(() -> viewers.count() == 0);
        assertThat(browser.complaints).isEmpty();
    }

    private static String name(List<Path> files, int number) {
        return files.get(number).getFileName().toString().substring(3);
    }

    @Test
    void worksByKeyboard() {
        gate.open(MANY);

        browser.press("Tab");
        assertThat(browser.eval("document.activeElement.id")).isEqualTo("files");
        assertThat(browser.eval("getComputedStyle(document.getElementById('drop')).outlineStyle"))
                .isEqualTo("solid");
        browser.press("Tab");
        assertThat(browser.eval("document.activeElement.id")).isEqualTo("samples");
        browser.press("Enter");

        until(() -> browser.text("#summary").equals("22 of 24 done · 2 failed"));
        assertThat(browser.complaints).isEmpty();
    }

    @Test
    void anAlbumSurvivesAReload() {
        gate.open(MANY);
        browser.eval("document.getElementById('samples').click()");
        until(() -> browser.text("#summary").startsWith("22 of 24 done"));

        browser.eval("window.before = 1");
        browser.eval("location.reload()");

        // The document from before would meet the rest too.
        until(() -> browser.eval("typeof window.before").equals("undefined"));
        until(() ->
                browser.text("#summary").startsWith("22 of 24 done") && browser.count("[data-state=DONE] img") == 22);
        assertThat(browser.complaints).isEmpty();
    }

    @Test
    void whatIsRefusedIsSaidOnThePage() throws Exception {
        List<Path> files = new ArrayList<>();
        for (int number = 1; number <= 41; number++) {
            files.add(java.nio.file.Files.write(folder.resolve(number + ".png"), Files.picture("png", 8, 8)));
        }

        choose(files);

        until(() -> browser.text("#problem")
                .equals("These are 41 files, and 40 are the most at a time: upload them in several parts."));
        assertThat(browser.text("#album")).isEmpty();

        Path large = java.nio.file.Files.write(folder.resolve("large.png"), new byte[17 << 20]);
        choose(List.of(large));
        until(() -> browser.text("#problem").equals("large.png is larger than 16 MB: make it smaller first."));
        assertThat(browser.complaints).isEmpty();
    }

    /** As a user does in the dialog of the browser. */
    private static void choose(List<Path> files) {
        Object root = ((Map<?, ?>) browser.send("DOM.getDocument", Map.of()).get("root")).get("nodeId");
        Object input = browser.send("DOM.querySelector", Map.of("nodeId", root, "selector", "#files"))
                .get("nodeId");
        browser.send(
                "DOM.setFileInputFiles",
                Map.of(
                        "nodeId",
                        input,
                        "files",
                        files.stream().map(Path::toString).toList()));
    }

    private static void until(Callable<Boolean> condition) {
        try {
            // What is thrown is tried again: while the page changes, the browser refuses to look at it.
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(condition.call()).isTrue());
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(browser.text("body") + "\n" + browser.complaints, e);
        }
    }
}
