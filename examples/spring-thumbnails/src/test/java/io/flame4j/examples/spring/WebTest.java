package io.flame4j.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flame4j.examples.spring.Client.Event;
import io.flame4j.spring.test.FlameTest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;

/** What the application takes, refuses and tells. */
@FlameTest
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "management.server.port=0",
            "thumbs.files=3",
            "thumbs.pictures=5",
            "thumbs.albums=2",
            "thumbs.viewers=2",
            "spring.servlet.multipart.max-file-size=100KB",
            "spring.servlet.multipart.max-request-size=200KB"
        })
@DirtiesContext
class WebTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @LocalServerPort
    private int port;

    @Autowired
    private Viewers viewers;

    @Autowired
    private Albums albums;

    private Client client;
    private byte[] picture;

    @BeforeEach
    void setUp() throws Exception {
        client = new Client(port);
        picture = Files.picture("png", 64, 64);
    }

    @Test
    void tooMuchIsRefusedWithACure() throws Exception {
        assertRefused(client.post("/albums"), 400, "choose at least one");
        assertRefused(client.upload(files(4)), 413, "These are 4 files, and 3 are the most at a time: upload them in");
        assertRefused(client.upload(Map.of("a.png", new byte[150 << 10])), 413, "100KB each and 200KB in all");
        assertRefused(
                client.upload(
                        Map.of("a.png", new byte[90 << 10], "b.png", new byte[90 << 10], "c", new byte[90 << 10])),
                413,
                "200KB in all");
    }

    private static void assertRefused(HttpResponse<String> answer, int status, String reason) {
        assertThat(answer.body()).contains(reason);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    }

    @Test
    void aPdfWithTooManyPagesSaysSo() throws Exception {
        List<Picture> pictures = client.developed(client.album(Map.of("long.pdf", Files.pdf(6))));

        assertThat(pictures).singleElement().satisfies(pdf -> {
            assertThat(pdf.state()).isEqualTo(Picture.State.FAILED);
            assertThat(pdf.problem())
                    .isEqualTo("6 pages, and an album holds 5 pictures: split the PDF, or upload it alone");
        });
    }

    @Test
    void onlyTheLatestAlbumsAreKept() throws Exception {
        String first = client.album(files(1));
        client.developed(first);
        client.developed(client.album(files(1)));
        client.developed(client.album(files(1)));

        assertThat(client.get("/albums/" + first).statusCode()).isEqualTo(404);
    }

    @Test
    void namesAreNamesOnly() throws Exception {
        List<Picture> pictures = client.developed(client.album(Map.of("../../etc/<b>x</b>.png", picture)));

        assertThat(pictures).extracting(Picture::name).containsExactly("b>.png");
    }

    @Test
    void aPageThatReconnectsGoesOnWhereItWas() throws Exception {
        String album = client.album(files(3));
        List<Event> all = client.events(album, "");
        client.developed(album);
        String last = all.stream()
                .map(Event::id)
                .filter(id -> !id.isEmpty())
                .reduce((a, b) -> b)
                .orElseThrow();

        assertThat(client.events(album, last)).extracting(Event::name).containsExactly("end");
        assertThat(client.events(album, Long.toString(Long.parseLong(last) - 1)))
                .first()
                .satisfies(event -> assertThat(event.pictures()).hasSize(1));
    }

    @Test
    void aPageThatGoesAwayLeavesNothing() throws Exception {
        Album unfinished = new Album();
        unfinished.add(0, "a picture that takes its time");
        albums.keep(unfinished);
        try (Client.Stream one = client.stream(unfinished.id(), "");
                Client.Stream other = client.stream(unfinished.id(), "")) {
            assertThat(one.next().pictures()).hasSize(1);
            assertThat(other.next().pictures()).hasSize(1);
            assertThat(viewers.count()).isEqualTo(2);
            assertThat(client.get("/albums/" + unfinished.id() + "/events").statusCode())
                    .isEqualTo(503);
        }

        await("the end of the threads that sent to them").atMost(PATIENCE).until(() -> viewers.count() == 0);
        unfinished.done(0, new Print(1, 1, new byte[1], 1));
        assertThat(client.events(unfinished.id(), "")).extracting(Event::name).containsExactly("pictures", "end");
    }

    @Test
    void pagesMayDoWhatTheyNeedAndNoMore() throws Exception {
        HttpResponse<byte[]> page = client.get("/");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Security-Policy")).contains(RequestFilter.POLICY);
        assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(client.post("/albums/samples", "Sec-Fetch-Site", "cross-site")
                        .statusCode())
                .isEqualTo(403);
    }

    private Map<String, byte[]> files(int count) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            files.put("picture-" + i + ".png", picture);
        }
        return files;
    }
}
