package io.flame4j.internal.closure;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.codec.Codec;
import org.junit.jupiter.api.Test;

/** A rehearsal that fails would go unnoticed and only make first calls slower. */
class RehearsalTest {

    @Test
    void theTaskWrittenByHandIsOneThatCanBeRead() throws Throwable {
        DecodedTask task = Rehearsal.read(Codec.jdk(), Rehearsal.class.getClassLoader());

        assertThat(task.describe()).contains("Rehearsal::nothing");
        assertThat(task.run(null)).isNull();
    }

    @Test
    void aFailureMeansNothing() {
        Rehearsal.run(Codec.jdk(), ClassLoader.getPlatformClassLoader());
    }
}
