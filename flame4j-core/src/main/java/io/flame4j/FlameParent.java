package io.flame4j;

import io.flame4j.internal.runner.BootInfo;
import java.util.Optional;

/**
 * Who started this runner. An application asks for it to switch off what a runner does not need.
 *
 * <pre>{@code
 * if (FlameParent.current().isEmpty()) {
 *     startWebServer();
 * }
 * }</pre>
 *
 * @param pool the name of the pool this runner belongs to
 * @param runnerId this runner's id
 * @param address where the parent listens
 * @param version the parent's version of flame4j
 * @param javaVersion the parent's Java feature version
 * @since 0.1
 */
public record FlameParent(String pool, String runnerId, String address, String version, int javaVersion) {

    /**
     * The parent of this process.
     *
     * @return empty when this process was not started as a runner (a task of a
     *     {@link io.flame4j.backend.LocalBackend} runs in the parent itself)
     */
    public static Optional<FlameParent> current() {
        return BootInfo.ofThisProcess();
    }
}
