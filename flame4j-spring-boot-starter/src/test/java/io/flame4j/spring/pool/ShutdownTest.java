package io.flame4j.spring.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flame4j.FlamePool;
import io.flame4j.PoolClosedException;
import io.flame4j.spring.app.ShopApplication;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** How pools end with their application. */
class ShutdownTest {

    private static final List<String> NAMES = List.of("first", "second");

    /** Tasks do not take latches along; runners are threads here. */
    private static CountDownLatch running = new CountDownLatch(2);

    private static CountDownLatch go = new CountDownLatch(1);

    private static ConfigurableApplicationContext start(WebApplicationType type) {
        running = new CountDownLatch(2);
        go = new CountDownLatch(1);
        return new SpringApplicationBuilder(ShopApplication.class, Counter.class)
                .web(type)
                .run(
                        "--flame4j.backend=local",
                        "--flame4j.pools.first.max=1",
                        "--flame4j.pools.second.max=1",
                        "--flame4j.pools.first.shutdown-timeout=5m",
                        "--flame4j.pools.second.shutdown-timeout=5m",
                        "--server.shutdown=graceful");
    }

    private static FlamePool pool(ConfigurableApplicationContext context, String name) {
        return context.getBean(name + "FlamePool", FlamePool.class);
    }

    /** A request that calls a pool when the server takes no more of them. */
    @Configuration
    @RestController
    static class Counter {
        final CountDownLatch asked = new CountDownLatch(1);
        final CountDownLatch ending = new CountDownLatch(1);

        private final FlamePool pool;

        Counter(@Qualifier("first") FlamePool pool) {
            this.pool = pool;
        }

        @GetMapping("/late")
        String late() throws InterruptedException {
            asked.countDown();
            return ending.await(60, TimeUnit.SECONDS) ? pool.call(() -> "done") : "the application did not end";
        }

        /** Told to stop just before the web server is told to finish. */
        @Bean
        static SmartLifecycle told(ObjectProvider<Counter> counter) {
            return new SmartLifecycle() {
                private volatile boolean running;

                @Override
                public int getPhase() {
                    return SmartLifecycle.DEFAULT_PHASE - 1023;
                }

                @Override
                public void start() {
                    running = true;
                }

                @Override
                public void stop() {
                    running = false;
                    counter.getObject().ending.countDown();
                }

                @Override
                public boolean isRunning() {
                    return running;
                }
            };
        }
    }

    @Test
    void pools_wait_for_their_calls_side_by_side() throws Exception {
        ConfigurableApplicationContext context = start(WebApplicationType.NONE);
        List<FlamePool> pools = NAMES.stream().map(name -> pool(context, name)).toList();
        List<CompletableFuture<Boolean>> calls = pools.stream()
                .map(pool -> pool.callAsync(() -> {
                    running.countDown();
                    return go.await(120, TimeUnit.SECONDS);
                }))
                .toList();
        assertThat(running.await(60, TimeUnit.SECONDS)).isTrue();

        CompletableFuture<Void> end = CompletableFuture.runAsync(context::close);
        for (FlamePool pool : pools) {
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(
                            () -> assertThatThrownBy(() -> pool.call(() -> 1)).isInstanceOf(PoolClosedException.class));
        }
        assertThat(end).isNotDone();
        go.countDown();

        end.get(60, TimeUnit.SECONDS);
        for (CompletableFuture<Boolean> call : calls) {
            assertThat(call.get(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void requests_that_are_being_served_still_have_their_pools() throws Exception {
        ConfigurableApplicationContext context = start(WebApplicationType.SERVLET);
        Counter counter = context.getBean(Counter.class);
        URI uri = URI.create("http://localhost:" + context.getEnvironment().getProperty("local.server.port") + "/late");
        CompletableFuture<HttpResponse<String>> answer = HttpClient.newHttpClient()
                .sendAsync(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(counter.asked.await(60, TimeUnit.SECONDS)).isTrue();

        context.close();

        assertThat(answer.get(60, TimeUnit.SECONDS).body()).isEqualTo("done");
    }

    @Test
    void a_context_that_is_stopped_and_started_again_keeps_its_pools() {
        try (ConfigurableApplicationContext context = start(WebApplicationType.NONE)) {
            context.stop();
            context.start();

            assertThat(pool(context, "first").<Integer, RuntimeException>call(() -> 1))
                    .isEqualTo(1);
        }
    }
}
