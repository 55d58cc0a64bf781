package io.flame4j.spring.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.FlamePool;
import io.flame4j.spring.FlameContext;
import io.flame4j.spring.app.Painter;
import io.flame4j.spring.app.Probe;
import io.flame4j.spring.app.ShopApplication;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.SpringBootTest;

/** The properties ask for processes, and get threads. */
@FlameTest
@SpringBootTest(
        classes = ShopApplication.class,
        properties = {"flame4j.backend=process", "flame4j.pools.thumbs.max=1"})
class WholeApplicationTest {

    @Autowired
    private Painter painter;

    @Autowired
    @Qualifier("thumbs")
    private FlamePool pool;

    @Test
    void calls_run_on_the_beans_of_the_tests_own_context() {
        long here = ProcessHandle.current().pid();
        assertThat(painter.paint())
                .containsEntry("process", String.valueOf(here))
                .containsEntry("beans", "onParent")
                .containsEntry("web", "true");
        assertThat(pool.<Long, RuntimeException>call(
                        () -> ProcessHandle.current().pid()))
                .isEqualTo(here);
        assertThat(pool.<String, RuntimeException>call(
                        () -> FlameContext.bean(Probe.class).facts().get("colour")))
                .isEqualTo("blue");
    }
}
