package io.flame4j.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeveloperTest {

    private static final Limits LIMITS = new Limits(320, 40, 100, 1_000_000, 8, 64);

    private final Album album = new Album();
    private Throwable failure = new Throwable();
    private final Developer developer = new Developer(
            new Darkroom(LIMITS) {
                @Override
                Print picture(byte[] file) {
                    throw DeveloperTest.<RuntimeException>unchecked(failure);
                }
            },
            new RunnerWatch(),
            LIMITS,
            1,
            1);

    @SuppressWarnings("unchecked")
    private static <X extends Throwable> X unchecked(Throwable failure) throws X {
        throw (X) failure;
    }

    @AfterEach
    void tearDown() {
        developer.stop();
    }

    @Test
    void whateverHappensOnARunnerAPictureEnds() {
        assertProblem(
                new OutOfMemoryError("Java heap space"),
                "not made: it takes more memory than a runner has. Make it smaller");
        assertProblem(new StackOverflowError(), "not made: the log of the application says why");
        assertProblem(new InternalError("of the runner's JVM"), "not made: the log of the application says why");
        assertProblem(new AssertionError("a bug"), "not made: the log of the application says why");
        assertProblem(new IllegalStateException("a bug"), "not made: the log of the application says why");
    }

    @Test
    void aPdfThatLiesAboutItsPagesEnds() throws Exception {
        String none =
                "a PDF without pages, or a damaged one: there is nothing to show. Save it anew with another program";
        assertThat(problemOfPdf(0)).isEqualTo(none);
        assertThat(problemOfPdf(-1)).isEqualTo(none);
        assertThat(problemOfPdf(Integer.MAX_VALUE))
                .isEqualTo("2147483647 pages, and an album holds 100 pictures: split the PDF, or upload it alone");
        assertThat(album.size()).isEqualTo(3);
    }

    /** What becomes of a PDF that says to have so many pages. */
    private String problemOfPdf(int pages) throws Exception {
        int number = album.add(album.size(), "a.pdf");
        developer.develop(album, number, Files.pdfSaying(pages));
        await().atMost(Duration.ofSeconds(60)).until(album::isFinished);
        return album.since(0).pictures().get(number).problem();
    }

    private void assertProblem(Throwable thrown, String problem) {
        failure = thrown;
        int number = album.add(album.size(), "a.png");
        developer.develop(album, number, new byte[1]);
        await().atMost(Duration.ofSeconds(60)).until(album::isFinished);
        assertThat(album.since(0).pictures().get(number).problem()).isEqualTo(problem);
    }
}
