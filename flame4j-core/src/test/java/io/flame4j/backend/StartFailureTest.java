package io.flame4j.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.RunnerBootException;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartFailureTest {

    private static RunnerBootException of(String message) {
        return StartFailure.of("thumbs-1", "java", null, new IOException(message));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Cannot run program \"java\": error=11, Resource temporarily unavailable",
                "Cannot run program \"java\": error=12, Cannot allocate memory",
                "Cannot run program \"java\": error=24, Too many open files",
                "Cannot run program \"java\": Failed to exec spawn helper: pid: 4711, signal: 9"
            })
    void what_passes_is_tried_again(String message) {
        assertThat(of(message).isPermanent()).isFalse();
        assertThat(of(message)).hasMessageStartingWith("Runner thumbs-1 cannot be started: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Cannot run program \"java\": error=2, No such file or directory",
                "Cannot run program \"java\": error=7, Argument list too long",
                "Cannot run program \"java\": Failed to exec spawn helper: pid: 4711, exit value: 1"
            })
    void what_does_not_pass_is_not(String message) {
        assertThat(of(message).isPermanent()).isTrue();
    }

    @Test
    void a_directory_that_is_gone_is_named() {
        assertThat(StartFailure.of("thumbs-1", "java", Path.of("/nowhere/at/all"), new IOException("error=2")))
                .hasMessageContaining("/nowhere/at/all is not there any more");
    }
}
