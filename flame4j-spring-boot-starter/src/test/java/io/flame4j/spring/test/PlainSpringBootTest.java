package io.flame4j.spring.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.spring.app.Painter;
import io.flame4j.spring.app.ShopApplication;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

/** Without a word about a backend, a test has threads. */
@SpringBootTest(classes = ShopApplication.class, properties = "flame4j.pools.thumbs.max=1")
class PlainSpringBootTest {

    @Autowired
    private Painter painter;

    @Test
    void calls_run_here() {
        assertThat(painter.paint())
                .containsEntry("process", String.valueOf(ProcessHandle.current().pid()));
    }
}
