package io.flame4j.kubernetes.internal.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.http.AsyncBody;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class TextBodyTest {

    private static final long SEED = Long.getLong("flame4j.seed", 20_261_126L);

    private static final AsyncBody SOURCE = new AsyncBody() {
        @Override
        public void consume() {}

        @Override
        public CompletableFuture<Void> done() {
            return new CompletableFuture<>();
        }

        @Override
        public void cancel() {}
    };

    private static void feed(TextBody body, String text) {
        body.consume(List.of(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))), SOURCE);
    }

    @Test
    void a_whole_text_is_put_together() {
        TextBody body = TextBody.whole(100_000);
        feed(body, "a".repeat(5000));
        feed(body, "ä");
        assertThat(body.text()).isEqualTo("a".repeat(5000) + "ä");
        assertThat(body.isOverflown()).isFalse();
    }

    @Test
    void more_than_the_limit_is_noticed() {
        TextBody body = TextBody.whole(3);
        feed(body, "ab");
        feed(body, "cd");
        feed(body, "e");
        assertThat(body.isOverflown()).isTrue();
        assertThat(body.text()).isEqualTo("ab");
    }

    @Test
    void the_end_of_a_text_is_kept_however_it_comes() {
        Random random = new Random(SEED);
        for (int run = 0; run < 200; run++) {
            int limit = 1 + random.nextInt(9000);
            TextBody body = TextBody.end(limit);
            StringBuilder all = new StringBuilder();
            for (int i = random.nextInt(6); i >= 0; i--) {
                String chunk = Integer.toString(random.nextInt(10)).repeat(random.nextInt(5000));
                all.append(chunk);
                feed(body, chunk);
            }
            assertThat(body.text()).isEqualTo(all.substring(Math.max(0, all.length() - limit)));
            assertThat(body.isOverflown()).isEqualTo(all.length() > limit);
        }
    }
}
