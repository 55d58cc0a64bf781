package io.flame4j.examples.kubernetes;

import static io.flame4j.examples.kubernetes.ServiceClient.header;
import static io.flame4j.examples.kubernetes.ServiceClient.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.examples.thumbnails.Thumbnails;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.imageio.ImageIO;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole program on runner processes. */
class ServiceTest {

    /** For what has to happen, on a machine that may have much else to do. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    static Path directory;

    private static ServiceProcess process;

    private static ServiceClient service;

    @BeforeAll
    static void start() throws Exception {
        process = ServiceProcess.start(directory, Map.of("FLAME_MAX_RUNNERS", "2"));
        service = process.client();
    }

    @AfterAll
    static void stop() throws Exception {
        process.close();
    }

    @Test
    void makesAThumbnailOfASampleOnARunner() throws Exception {
        HttpResponse<byte[]> sample = service.get("/samples/1");
        assertThat(sample.statusCode()).isEqualTo(200);
        assertThat(header(sample, "Content-Type")).isEqualTo("image/jpeg");

        HttpResponse<byte[]> thumbnail = service.post("/thumbnails?size=90", sample.body());

        assertThat(thumbnail.statusCode()).isEqualTo(200);
        assertThat(header(thumbnail, "Content-Type")).isEqualTo("image/png");
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(thumbnail.body()));
        assertThat(image.getWidth()).isEqualTo(90);
        assertThat(image.getHeight()).isEqualTo(60);
        assertThat(header(thumbnail, "X-Made-By")).startsWith("thumbnails-");
        assertThat(process.children())
                .extracting(runner -> "process " + runner.pid())
                .contains(header(thumbnail, "X-Made-In"));
        assertThat(text(service.get("/")))
                .contains(header(thumbnail, "X-Made-By"), header(thumbnail, "X-Made-In"), " ready");
    }

    @Test
    void keepsTheLatestPictures() throws Exception {
        service.get("/samples/2");

        assertThat(text(service.get("/"))).contains("<img src=\"/pictures/1\"");
        assertThat(header(service.get("/pictures/1"), "Content-Type")).startsWith("image/");
        assertThat(service.get("/pictures/1000000").statusCode()).isEqualTo(404);
    }

    @Test
    void saysWhatIsWrongWithARequest() throws Exception {
        byte[] damaged = service.get("/samples/" + Thumbnails.SAMPLES).body();

        assertThat(service.post("/thumbnails", damaged).statusCode()).isEqualTo(422);
        assertThat(text(service.post("/thumbnails", damaged)))
                .isEqualTo("This is no picture that can be read: not a picture in a known format\n");
        assertThat(text(service.post("/thumbnails?size=0", damaged)))
                .isEqualTo("size must be a number from 1 to 2000\n");
        assertThat(service.post("/thumbnails", new byte[PictureService.LARGEST + 1])
                        .statusCode())
                .isEqualTo(413);
        assertThat(text(service.get("/samples/51"))).isEqualTo("Samples are numbered from 1 to 50\n");
        assertThat(service.get("/samples/x").statusCode()).isEqualTo(404);
        assertThat(service.get("/elsewhere").statusCode()).isEqualTo(404);
        HttpResponse<byte[]> get = service.get("/thumbnails");
        assertThat(get.statusCode()).isEqualTo(405);
        assertThat(header(get, "Allow")).isEqualTo("POST");
    }

    @Test
    void answersTheClustersQuestions() throws Exception {
        assertThat(service.get("/healthz").statusCode()).isEqualTo(200);
        assertThat(service.get("/readyz").statusCode()).isEqualTo(200);
        assertThat(header(service.get("/app.js"), "Content-Type")).startsWith("text/javascript");
        assertThat(header(service.get("/style.css"), "Content-Type")).startsWith("text/css");
        assertThat(header(service.get("/"), "Content-Security-Policy")).isEqualTo("default-src 'self'");
    }

    @Test
    void finishesItsRequestsWhenItIsToldToEnd(@TempDir Path own) throws Exception {
        try (ServiceProcess ending = ServiceProcess.start(own, Map.of("DRAIN_SECONDS", "15"))) {
            CompletableFuture<HttpResponse<byte[]>> sample =
                    CompletableFuture.supplyAsync(() -> sample(ending.client(), 5));
            Awaitility.await("a runner")
                    .atMost(PATIENCE)
                    .until(() -> !ending.children().isEmpty());
            ProcessHandle runner = ending.children().get(0);

            ending.terminate();

            Awaitility.await("not ready")
                    .atMost(PATIENCE)
                    .until(() -> ending.client().get("/readyz").statusCode() == 503);
            assertThat(sample.get().statusCode()).isEqualTo(200);
            assertThat(ending.awaitEnd()).isEqualTo(143);
            assertThat(runner.isAlive()).isFalse();
            assertThat(ending.log()).contains("no runner is left").doesNotContain("ERROR");
        }
    }

    private static HttpResponse<byte[]> sample(ServiceClient service, int number) {
        try {
            return service.get("/samples/" + number);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
