package io.flame4j.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flame4j.examples.spring.Picture.State;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;

/** The whole application, with runners that are processes. */
@Timeout(400) // JVMs start on a machine that may have much else to do
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "management.server.port=0",
            "flame4j.backend=process",
            "flame4j.pools.thumbs.max=2",
            "flame4j.pools.thumbs.boot-timeout=3m",
            "flame4j.pools.thumbs.timeout=4m"
        })
@DirtiesContext
@ExtendWith(OutputCaptureExtension.class)
class OnRunnersTest {

    @LocalServerPort
    private int port;

    @LocalManagementPort
    private int managementPort;

    @Test
    void picturesAndPagesAreMadeOnRunners(CapturedOutput output) throws Exception {
        Client client = new Client(port);
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("lying.jpg", Files.lying(900, 600));
        files.put("broken.png", "hello".getBytes(StandardCharsets.UTF_8));
        files.put("book.pdf", Files.pdf(2));

        List<Picture> pictures = client.developed(client.album(files));

        assertThat(pictures)
                .extracting(Picture::name)
                .containsExactly("lying.jpg", "broken.png", "book.pdf, page 1", "book.pdf, page 2");
        assertThat(pictures)
                .extracting(Picture::state)
                .containsExactly(State.DONE, State.FAILED, State.DONE, State.DONE);
        assertThat(pictures).allSatisfy(picture -> assertThat(picture.runner()).matches("thumbs[-\\d]+"));
        assertThat(pictures.get(1).problem()).startsWith("not a picture in a known format. What can be read: PNG");

        String album = client.album(Map.of("a.jpg", Files.lying(900, 600)));
        client.developed(album);
        BufferedImage image =
                Files.read(client.get("/albums/" + album + "/pictures/0").body());
        assertThat(image.getWidth()).isEqualTo(213);
        assertThat(image.getHeight()).isEqualTo(320);

        assertThat(text(managementPort, "/actuator/flame")).contains("\"pool\":\"thumbs");
        assertThat(text(managementPort, "/actuator/prometheus")).contains("flame_pool_call_task_seconds");
        assertThat(text(port, "/readyz")).contains("UP");
        assertThat(new Client(port).get("/actuator").statusCode()).isEqualTo(404);
    }

    @Test
    void whatARunnerLogsNamesTheRequest(CapturedOutput output) throws Exception {
        Client client = new Client(port);
        String album = Client.id(
                client.upload(Map.of("a.png", Files.picture("png", 64, 64)), "X-Request-Id", "a-request-of-mine"));

        assertThat(client.developed(album)).extracting(Picture::state).containsExactly(State.DONE);
        // It comes by another connection than the picture, and is logged by a thread of its own.
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(output.getOut())
                        .containsPattern("\\[a-request-of-mine] .*Darkroom.*: \\[thumbs[-\\d]+] \\d+ x \\d+ in"));
    }

    private static String text(int port, String path) throws Exception {
        return new String(new Client(port).get(path).body(), StandardCharsets.UTF_8);
    }
}
