package io.flame4j.spring.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.spring.app.Marker;
import io.flame4j.spring.app.Painter;
import io.flame4j.spring.app.Probe;
import io.flame4j.spring.app.ShopApplication;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.TestPropertySource;

@FlameTest(components = Probe.class)
@ContextConfiguration(classes = ShopApplication.class)
@TestPropertySource(properties = "flame4j.pools.thumbs.max=1")
class SliceTest {

    @Autowired
    private ApplicationContext context;

    @Autowired
    private Painter painter;

    @Test
    void nothing_but_what_calls_need() {
        assertThat(painter.paint()).containsEntry("web", "false");
        assertThat(context.getBeansOfType(Marker.class)).isEmpty();
        assertThat(context.containsBean("shopConfiguration")).isFalse();
    }
}
