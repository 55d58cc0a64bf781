package io.flame4j.dashboard.internal.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.dashboard.Json;
import io.flame4j.dashboard.internal.state.Timeline.Series;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TimelineTest {

    private final Timeline timeline = new Timeline(4);

    @Test
    void keepsTheLastOnes() {
        for (int tick = 100; tick < 110; tick++) {
            timeline.add(tick, tick, 0, 0, 0, 0, 0, 0);
        }

        assertThat(ready()).containsExactly(106, 107, 108, 109);
        assertThat(timeline.size()).isEqualTo(4);
    }

    @Test
    void growsUntilItIsFull() {
        assertThat(ready()).isEmpty();
        timeline.add(7, 1, 0, 0, 0, 0, 0, 0);
        timeline.add(8, 2, 0, 0, 0, 0, 0, 0);

        assertThat(ready()).containsExactly(1, 2);
    }

    @Test
    void fillsSecondsThatWereMissedAndIgnoresOnesItHas() {
        timeline.add(7, 1, 0, 0, 0, 0, 5, 0);
        timeline.add(9, 3, 0, 0, 0, 0, 6, 0);
        timeline.add(9, 4, 0, 0, 0, 0, 6, 0);
        timeline.add(8, 4, 0, 0, 0, 0, 6, 0);

        assertThat(ready()).containsExactly(1, 3, 3);
        // What is counted, unlike what is, is not counted twice.
        assertThat(timeline.sum(Series.ENDED, 3)).isEqualTo(11);

        timeline.add(1_000_000, 9, 0, 0, 0, 0, 0, 0);
        assertThat(ready()).containsExactly(9, 9, 9, 9);
    }

    @Test
    void sumsTheLastSeconds() {
        timeline.add(1, 0, 0, 0, 0, 0, 10, 1);
        timeline.add(2, 0, 0, 0, 0, 0, 20, 2);
        timeline.add(3, 0, 0, 0, 0, 0, 30, 3);

        assertThat(timeline.sum(Series.ENDED, 2)).isEqualTo(50);
        assertThat(timeline.sum(Series.UNSUCCESSFUL, 99)).isEqualTo(6);
    }

    @SuppressWarnings("unchecked")
    private List<Integer> ready() {
        JsonWriter json = new JsonWriter(64).beginObject();
        timeline.write(json);
        Map<String, Object> series =
                (Map<String, Object>) Json.read(json.endObject().toString());
        assertThat(series).containsOnlyKeys("ready", "booting", "slots", "busy", "queued", "ended", "unsuccessful");
        return (List<Integer>) series.get("ready");
    }
}
