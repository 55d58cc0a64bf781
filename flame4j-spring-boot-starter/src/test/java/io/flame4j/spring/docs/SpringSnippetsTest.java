package io.flame4j.spring.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.FlamePool;
import io.flame4j.spring.FlameCall;
import io.flame4j.spring.FlameContext;
import io.flame4j.spring.autoconfigure.FlameAutoConfiguration;
import io.flame4j.spring.test.FlameTest;
import io.flame4j.testsupport.DocumentSnippets;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Import;
import org.springframework.stereotype.Service;

// snippet: spring-pool
@Service
class Gallery {
    private final FlamePool pool;

    Gallery(@Qualifier("thumbs") FlamePool pool) {
        this.pool = pool;
    }

    byte[] thumbnail(byte[] picture) {
        return pool.call(() -> FlameContext.bean(Thumbnails.class).of(picture));
    }
}
// end

// snippet: spring-call
@Service
class Darkroom {
    private final Thumbnails thumbnails;

    Darkroom(Thumbnails thumbnails) {
        this.thumbnails = thumbnails;
    }

    @FlameCall(pool = "thumbs", timeout = "2m", retries = 1)
    public byte[] develop(byte[] picture) throws IOException {
        return thumbnails.of(picture);
    }

    @FlameCall("thumbs")
    public CompletableFuture<byte[]> developLater(byte[] picture) {
        return CompletableFuture.completedFuture(thumbnails.of(picture));
    }

    @FlameCall("thumbs")
    public void warmUp() {
        thumbnails.of(new byte[1]);
    }
}
// end

class Studio {
    private final Thumbnails thumbnails;

    Studio(Thumbnails thumbnails) {
        this.thumbnails = thumbnails;
    }

    // snippet: spring-readme
    @FlameCall(pool = "thumbs", timeout = "2m")
    public byte[] thumbnail(byte[] picture) {
        return thumbnails.of(picture); // on the runner, with the beans that are there
    }
    // end
}

// snippet: spring-test
@FlameTest
@SpringBootTest
class DarkroomTest {
    @Autowired
    private Darkroom darkroom;

    @Test
    void develops() throws IOException {
        assertThat(darkroom.develop(new byte[] {1, 2, 3})).containsExactly(1);
    }
}
// end

@SpringBootConfiguration
@EnableAutoConfiguration
@Import({Darkroom.class, Thumbnails.class})
class PhotographyApplication {}

class Thumbnails {
    byte[] of(byte[] picture) {
        return new byte[] {picture[0]};
    }
}

/**
 * The examples of docs/spring.md, and those of the README that are about Spring, run for real: see {@link DocumentSnippets}.
 */
class SpringSnippetsTest {

    private final ApplicationContextRunner contexts = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(FlameAutoConfiguration.class))
            .withPropertyValues("flame4j.backend=local", "flame4j.pools.thumbs.max=4");

    @Test
    void pool() {
        contexts.withBean(Gallery.class)
                .withBean(Thumbnails.class)
                .run(context -> assertThat(context.getBean(Gallery.class).thumbnail(new byte[] {1, 2, 3}))
                        .containsExactly(1));
    }

    @Test
    void call() {
        contexts.withBean(Darkroom.class).withBean(Thumbnails.class).run(context -> {
            Darkroom darkroom = context.getBean(Darkroom.class);
            assertThat(darkroom.develop(new byte[] {1, 2})).containsExactly(1);
            assertThat(darkroom.developLater(new byte[] {3, 4}).join()).containsExactly(3);
            darkroom.warmUp();
        });
    }

    @Test
    void readme() {
        contexts.withBean(Studio.class)
                .withBean(Thumbnails.class)
                .run(context -> assertThat(context.getBean(Studio.class).thumbnail(new byte[] {5}))
                        .containsExactly(5));
    }

    @Test
    void the_document_shows_what_runs_here() throws IOException {
        DocumentSnippets.runBy(SpringSnippetsTest.class)
                .in("docs/spring.md")
                .in("README.md", "spring-.*")
                .check(4);
    }
}
