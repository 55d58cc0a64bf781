package io.flame4j.spring.app;

import io.flame4j.spring.ConditionalOnFlameParent;
import io.flame4j.spring.ConditionalOnFlameRunner;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.Scheduled;

@Configuration(proxyBeanMethods = false)
class ShopConfiguration {

    @Bean
    @ConditionalOnFlameParent
    Marker onParent() {
        return new Marker("parent");
    }

    @Bean
    @ConditionalOnFlameRunner
    Marker onRunner() {
        return new Marker("runner");
    }

    @Bean
    CommandLineRunner runsOnce() {
        return arguments -> System.setProperty("shop.command-line-runner", "run");
    }

    /** Cannot be made on a runner, which lacks the bean. */
    @Bean
    @ConditionalOnProperty("shop.needs-parent")
    String needy(@org.springframework.beans.factory.annotation.Qualifier("onParent") Marker parent) {
        return parent.name();
    }

    @Bean
    Clockwork clockwork() {
        return new Clockwork();
    }

    static class Clockwork {
        @Scheduled(fixedDelay = 10)
        void tick() {
            System.setProperty("shop.ticks", "some");
        }
    }
}
