package io.flame4j.examples.thumbnails;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.MapResult;
import io.flame4j.RunnerBootException;
import io.flame4j.RunnerLostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlbumTest {

    private static final Output OUTPUT = new Output(Path.of("out"));
    private static final Path FILE = Path.of("p");

    private final Album album = new Album();

    @Test
    void tellsADamagedPictureFromAFailedCall() {
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        Work work = new Work("r-1", start, start.plusMillis(5));
        album.add(
                failed(2, new RunnerLostException("gone", "r-1", RunnerLostException.Reason.EXITED, null)),
                FILE,
                OUTPUT);
        album.add(failed(1, new BadPictureException("cut off", work, new IllegalStateException())), FILE, OUTPUT);

        assertThat(album.failures()).extracting(Album.Failure::number).containsExactly(1, 2);
        assertThat(album.failures()).extracting(Album.Failure::damaged).containsExactly(true, false);
        assertThat(album.calls()).extracting(Timeline.Call::kind).containsExactly(Timeline.Kind.DAMAGED);
        assertThat(album.medianWork()).isEqualTo(Duration.ofMillis(5));
        Summary summary = new Summary(album, List.of(), 1, Duration.ofMillis(400), 0);
        assertThat(summary.lines(OUTPUT))
                .anyMatch(line -> line.matches(" +damaged file +1 +1 more failed"))
                .anyMatch(line -> line.contains("RunnerLostException: gone"));
        assertThat(new ContactSheet(summary, "<x>", "").html())
                .contains("Damaged files and failures", "&lt;x&gt;")
                .doesNotContain("<x>");
    }

    @Test
    void givesUpWhenThePoolCannotGoOn() {
        RunnerBootException failure = new RunnerBootException("no java", true, null);

        assertThatThrownBy(() -> album.add(failed(1, failure), FILE, OUTPUT)).isSameAs(failure);
    }

    @Test
    void knowsTheMedian() {
        assertThat(Album.median(List.of())).isZero();
        assertThat(Album.median(List.of(Duration.ofMillis(9), Duration.ofMillis(1), Duration.ofMillis(2))))
                .isEqualTo(Duration.ofMillis(2));
        assertThat(Album.median(List.of(Duration.ofMillis(3), Duration.ofMillis(1))))
                .isEqualTo(Duration.ofMillis(2));
    }

    private static MapResult<PictureSource, PictureReport> failed(int number, Throwable failure) {
        PictureSource source = new PictureSource(number, "p" + number, new byte[0], System.nanoTime());
        return new MapResult<>(number - 1, source, null, failure);
    }
}
