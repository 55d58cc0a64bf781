package io.flame4j.examples.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.examples.kubernetes.Settings.Where;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {

    @Test
    void staysOnThisMachineOutsideOfPods() {
        assertThat(Settings.of(Map.of()))
                .isEqualTo(new Settings("127.0.0.1", 8080, Where.PROCESS, 0, 4, Duration.ofSeconds(30), Duration.ZERO));
    }

    @Test
    void usesPodsInPods() {
        Settings settings = Settings.of(Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1", "FLAME_PORT_THUMBNAILS", "4711"));

        assertThat(settings)
                .isEqualTo(new Settings(
                        "0.0.0.0", 8080, Where.KUBERNETES, 4711, 4, Duration.ofSeconds(30), Duration.ofSeconds(5)));
    }

    @Test
    void namesTheVariableThatMakesNoSense() {
        assertThatThrownBy(() -> Settings.of(Map.of("FLAME_BACKEND", "cloud")))
                .hasMessage("FLAME_BACKEND must be one of kubernetes, process, local, but is 'cloud'");
        assertThatThrownBy(() -> Settings.of(Map.of("FLAME_MAX_RUNNERS", "0")))
                .hasMessage("FLAME_MAX_RUNNERS must be a number from 1 to 1000, but is '0'");
        assertThatThrownBy(() -> Settings.of(Map.of("HTTP_PORT", "http")))
                .hasMessage("HTTP_PORT must be a number from 0 to 65535, but is 'http'");
    }
}
