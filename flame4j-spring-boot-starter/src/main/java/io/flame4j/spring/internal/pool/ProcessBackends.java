package io.flame4j.spring.internal.pool;

import io.flame4j.backend.Backend;
import io.flame4j.backend.ProcessBackend;
import io.flame4j.backend.ProcessBackendBuilder;
import io.flame4j.spring.properties.ProcessProperties;
import java.util.Map;

/** Processes from properties. */
final class ProcessBackends {

    private ProcessBackends() {}

    /**
     * Makes a backend.
     *
     * @param launch variables that tell runners how to start the application's context
     */
    static Backend create(ProcessProperties process, Settings settings, Beans beans, Map<String, String> launch) {
        ProcessBackendBuilder builder = ProcessBackend.builder();
        settings.set("heap", process.heap(), size -> builder.heap(size.toBytes()));
        settings.setAll("jvm-options", process.jvmOptions(), builder::jvmOptions);
        settings.setAll("env", process.env(), builder::env);
        // A builder of its own finds out that a file is missing while the property is still known.
        settings.set("working-directory", process.workingDirectory(), directory -> {
            ProcessBackend.builder().workingDirectory(directory).build();
            builder.workingDirectory(directory);
        });
        settings.setAll("class-path", process.classPath(), entries -> {
            ProcessBackend.builder().classPath(entries).build();
            builder.classPath(entries);
        });
        settings.set("output", process.output(), builder::output);
        settings.set("transport", process.transport(), builder::transport);
        new TlsSettings(settings.below("tls"), beans).apply(process.tls(), builder::tls);
        settings.set("pending-connections", process.pendingConnections(), builder::pendingConnections);
        settings.set("class-archives", process.classArchives(), builder::classArchives);
        settings.set("class-archive-directory", process.classArchiveDirectory(), builder::classArchiveDirectory);
        launch.forEach(builder::env);
        try {
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw settings.invalid("", e);
        }
    }
}
