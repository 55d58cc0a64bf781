package io.flame4j.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flame4j.examples.spring.Album.End;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AlbumTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Print PRINT = new Print(1, 1, new byte[1], 5);

    private final Album album = new Album();

    @Test
    void tellsWhatHasChangedSince() {
        album.add(0, "a");
        album.add(1, "b");
        long before = album.since(0).last();
        album.change(1, picture -> picture.workedOnBy("thumbs-1"));

        assertThat(album.since(0).pictures()).extracting(Picture::name).containsExactly("a", "b");
        assertThat(album.since(before).pictures()).extracting(Picture::runner).containsExactly("thumbs-1");
        assertThat(album.since(album.since(before).last()).pictures()).isEmpty();
    }

    @Test
    void isFinishedWhenAllPicturesAreDoneOrHaveFailed() {
        album.add(0, "a");
        album.add(1, "b");
        album.done(0, PRINT);
        assertThat(album.since(0).end()).isEqualTo(End.NOT_YET);

        album.change(1, picture -> picture.failed("it is broken"));

        assertThat(album.since(0).end()).isEqualTo(End.FINISHED);
        assertThat(album.print(0)).contains(PRINT);
        assertThat(album.print(1)).isEmpty();
        assertThat(album.print(7)).isEmpty();
    }

    @Test
    void whoWaitsIsWokenByAChangeAndByTheEnd() {
        album.add(0, "a");
        long before = album.since(0).last();
        CompletableFuture<Album.News> change = news(before);
        album.change(0, picture -> picture.workedOnBy("thumbs-1"));
        assertThat(change.join().pictures()).hasSize(1);

        CompletableFuture<Album.News> end = news(change.join().last());
        album.close();
        await().atMost(LONG).until(end::isDone);
        assertThat(end.join().end()).isEqualTo(End.CLOSED);
    }

    private CompletableFuture<Album.News> news(long since) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return album.await(since, LONG);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void pagesStandBesideTheirPdfAndAreBounded() {
        album.add(0, "a.pdf");
        album.add(1, "b.png");

        assertThat(album.addPages(0, 4, 4)).isNull();
        assertThat(album.addPages(0, Integer.MAX_VALUE, 4)).isNull();
        assertThat(album.addPages(0, 3, 4)).containsExactly(0, 2, 3);
        assertThat(album.since(0).pictures())
                .extracting(Picture::file, Picture::name)
                .containsExactly(
                        org.assertj.core.api.Assertions.tuple(0, "a.pdf, page 1"),
                        org.assertj.core.api.Assertions.tuple(1, "b.png"),
                        org.assertj.core.api.Assertions.tuple(0, "a.pdf, page 2"),
                        org.assertj.core.api.Assertions.tuple(0, "a.pdf, page 3"));
    }
}
