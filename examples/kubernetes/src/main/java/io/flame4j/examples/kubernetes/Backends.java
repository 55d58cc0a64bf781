package io.flame4j.examples.kubernetes;

import io.flame4j.backend.Backend;
import io.flame4j.backend.LocalBackend;
import io.flame4j.backend.ProcessBackend;
import io.flame4j.kubernetes.KubernetesBackend;

/** Where runners run. The rest of the program does not know. */
final class Backends {

    private Backends() {}

    static Backend of(Settings settings) {
        return switch (settings.backend()) {
            // Everything else comes from this process's own pod. The port is fixed for the NetworkPolicy to name it.
            case KUBERNETES ->
                KubernetesBackend.builder().port(settings.flamePort()).build();
            case PROCESS -> ProcessBackend.builder().heap("256m").build();
            case LOCAL -> LocalBackend.create();
        };
    }
}
