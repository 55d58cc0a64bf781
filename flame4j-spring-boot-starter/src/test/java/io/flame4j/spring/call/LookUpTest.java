package io.flame4j.spring.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.spring.FlameCall;
import io.flame4j.spring.autoconfigure.FlameAutoConfiguration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** What a call costs must not grow with the number of beans. */
class LookUpTest {

    static class Worker {
        @FlameCall("thumbs")
        public int twice(int number) {
            return 2 * number;
        }
    }

    /** Looking beans up by their type goes through all of them. */
    private static final class CountingBeans extends DefaultListableBeanFactory {
        private static final long serialVersionUID = 1L;

        final transient AtomicInteger scans = new AtomicInteger();

        @Override
        public String[] getBeanNamesForType(Class<?> type, boolean prototypes, boolean eager) {
            scans.incrementAndGet();
            return super.getBeanNamesForType(type, prototypes, eager);
        }
    }

    @Test
    void calls_do_not_go_through_all_beans() {
        CountingBeans beans = new CountingBeans();
        new ApplicationContextRunner(() -> new AnnotationConfigApplicationContext(beans))
                .withConfiguration(AutoConfigurations.of(FlameAutoConfiguration.class))
                .withPropertyValues("flame4j.backend=local", "flame4j.pools.thumbs.max=1")
                .withBean(Worker.class)
                .run(context -> {
                    Worker worker = context.getBean(Worker.class);
                    assertThat(worker.twice(1)).isEqualTo(2);
                    int before = beans.scans.get();
                    assertThat(worker.twice(2)).isEqualTo(4);
                    assertThat(worker.twice(3)).isEqualTo(6);
                    assertThat(beans.scans).hasValue(before);
                });
    }
}
