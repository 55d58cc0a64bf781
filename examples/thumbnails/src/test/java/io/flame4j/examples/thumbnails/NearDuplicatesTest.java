package io.flame4j.examples.thumbnails;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearDuplicatesTest {

    private static final Fingerprint A = new Fingerprint(0, 0, 0);

    @Test
    void findsNoneAmongNone() {
        assertThat(groups()).isEmpty();
        assertThat(groups(A)).isEmpty();
        assertThat(groups(A, new Fingerprint(-1, -1, 0))).isEmpty();
    }

    @Test
    void joinsWhatIsAlikeByWayOfAnother() {
        Fingerprint near = new Fingerprint(0xFF, 0, 0);
        Fingerprint nearToThat = new Fingerprint(0xFFFF, 0, 0);
        Fingerprint far = new Fingerprint(-1, -1, 0);
        Fingerprint copyOfFar = new Fingerprint(-1, -1, 5);

        assertThat(A.isNear(nearToThat)).isFalse();
        assertThat(groups(A, far, nearToThat, copyOfFar, near))
                .containsExactly(List.of(A, nearToThat, near), List.of(far, copyOfFar));
    }

    @Test
    void asksBothHashesAndTheColour() {
        assertThat(A.isNear(new Fingerprint(0x3FF, 0x3FF, 0x101010))).isTrue();
        assertThat(A.isNear(new Fingerprint(0x7FF, 0, 0))).isFalse();
        assertThat(A.isNear(new Fingerprint(0, 0x7FF, 0))).isFalse();
        assertThat(A.isNear(new Fingerprint(0, 0, 0x404040))).isFalse();
        assertThat(A.bits(new Fingerprint(0x1F, 0x7, 0))).isEqualTo(5);
    }

    private static List<List<Fingerprint>> groups(Fingerprint... prints) {
        return NearDuplicates.groups(List.of(prints), print -> print);
    }
}
