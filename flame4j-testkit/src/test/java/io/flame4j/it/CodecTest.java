package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.CallOptions;
import io.flame4j.FlamePool;
import io.flame4j.RunnerContext;
import io.flame4j.codec.Codec;
import io.flame4j.codec.DecodeContext;
import io.flame4j.codec.JdkCodec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A codec of the user's own, and what a task finds around it. */
class CodecTest extends PoolTests {

    /** The JDK's serialization, upside down, and counted. */
    public static final class Flipping implements Codec {

        static final AtomicInteger ENCODED = new AtomicInteger();
        static final AtomicInteger DECODED = new AtomicInteger();

        private final Codec jdk = new JdkCodec();

        public Flipping() {}

        @Override
        public void encode(Object value, OutputStream out) throws IOException {
            ENCODED.incrementAndGet();
            java.io.ByteArrayOutputStream plain = new java.io.ByteArrayOutputStream();
            jdk.encode(value, plain);
            for (byte each : plain.toByteArray()) {
                out.write(~each);
            }
        }

        @Override
        public Object decode(InputStream in, DecodeContext context) throws IOException, ClassNotFoundException {
            DECODED.incrementAndGet();
            byte[] flipped = in.readAllBytes();
            for (int i = 0; i < flipped.length; i++) {
                flipped[i] = (byte) ~flipped[i];
            }
            return jdk.decode(new java.io.ByteArrayInputStream(flipped), context);
        }
    }

    record Order(String customer, int amount) implements Serializable {}

    @ParameterizedTest
    @EnumSource
    void bothSidesUseIt(Backends backends) {
        FlamePool pool = start(backends.pool().max(1).codec(new Flipping()));
        int encodedBefore = Flipping.ENCODED.get();
        int decodedBefore = Flipping.DECODED.get();
        Order order = new Order("ada", 3);
        Order twice = pool.call(() -> new Order(order.customer(), order.amount() * 2));
        assertThat(twice).isEqualTo(new Order("ada", 6));
        assertThat(Flipping.ENCODED.get()).isGreaterThan(encodedBefore);
        assertThat(Flipping.DECODED.get()).isGreaterThan(decodedBefore);
        int decodedThere = pool.call(() -> order.amount() > 0 ? Flipping.DECODED.get() : -1);
        assertThat(decodedThere).isPositive();
        assertThat(pool.map(List.of(order, twice), Order::amount)).containsExactly(3, 6);
        assertThatThrownBy(() -> pool.call(() -> {
                    throw new IllegalStateException("exceptions travel without it " + order);
                }))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aTaskKnowsItsCall() {
        FlamePool pool = start(local().max(1));
        String runner = pool.call(() -> RunnerContext.current().runnerId());
        assertThat(runner).isEqualTo(pool.name() + "-1");
        Duration left = pool.call(
                () -> RunnerContext.current().remaining().orElseThrow(),
                CallOptions.defaults().timeout(Duration.ofSeconds(20)));
        assertThat(left).isBetween(Duration.ofMillis(1), Duration.ofSeconds(20));
        boolean cancelled = pool.call(() -> RunnerContext.current().isCancelled());
        assertThat(cancelled).isFalse();
        assertThatThrownBy(RunnerContext::current)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("This thread runs no task");
    }

    @Test
    void aCastHasNoDeadlineUnlessItIsGivenOne() {
        FlamePool pool = start(local().max(1).timeout(Duration.ofSeconds(5)));
        Gate notes = Gate.create();
        pool.cast(() -> notes.note(RunnerContext.current().remaining().isPresent()));
        eventually(() -> assertThat(notes.notes()).containsExactly(false));
        pool.cast(
                () -> notes.note(RunnerContext.current().remaining().isPresent()),
                CallOptions.defaults().timeout(Duration.ofSeconds(5)));
        eventually(() -> assertThat(notes.notes()).containsExactly(false, true));
    }

    @Test
    void aTaskThatSwallowsInterruptsCanStillAskWhetherToStop() {
        FlamePool pool = start(local().max(1));
        Gate notes = Gate.create();
        CompletableFuture<String> call = pool.callAsync(() -> {
            RunnerContext context = RunnerContext.current();
            notes.note("runs");
            while (!context.isCancelled()) {
                // Eats the interrupt, as some libraries do.
                Thread.interrupted();
                Thread.onSpinWait();
            }
            notes.note("stops");
            return "";
        });
        eventually(() -> assertThat(notes.notes()).containsExactly("runs"));
        call.cancel(true);
        eventually(() -> assertThat(notes.notes()).containsExactly("runs", "stops"));
    }

    @Test
    void theContextMayBeHandedToThreadsOfTheTask() throws Exception {
        FlamePool pool = start(local().max(1));
        List<Object> heard = new java.util.concurrent.CopyOnWriteArrayList<>();
        String result = pool.callAsync(
                        () -> {
                            RunnerContext context = RunnerContext.current();
                            Thread helper = new Thread(() -> context.progress("half way"));
                            helper.start();
                            helper.join();
                            context.progress(null);
                            return "done";
                        },
                        CallOptions.defaults().onProgress(value -> heard.add(String.valueOf(value))))
                .get(60, TimeUnit.SECONDS);
        assertThat(result).isEqualTo("done");
        assertThat(heard).containsExactly("half way", "null");
    }
}
