package io.flame4j.spring.properties;

import io.flame4j.backend.ProcessBackend;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * {@code flame4j.pools.<name>.process}: runners that are processes on this machine.
 *
 * @param heap largest heap of a runner; default: that of this JVM
 * @param jvmOptions JVM options of runners, after those of this JVM
 * @param env environment variables of runners, over those of this process
 * @param workingDirectory where runners start; default: where this process did
 * @param classPath class path of runners; default: that of this JVM
 * @param output what becomes of what runners print; default log
 * @param transport Unix-domain socket or TCP; default: a Unix-domain socket where there is one
 * @param tls encryption; default: of TCP that was not asked for
 * @param pendingConnections most connections that have not proved themselves yet
 * @param classArchives whether runners start from an archive of their classes; default: yes
 * @param classArchiveDirectory where archives of classes are kept; default: this user's cache
 * @since 0.1
 */
public record ProcessProperties(
        @Nullable DataSize heap,
        @DefaultValue List<String> jvmOptions,
        @DefaultValue Map<String, String> env,
        @Nullable Path workingDirectory,
        @DefaultValue List<Path> classPath,
        ProcessBackend.@Nullable Output output,
        ProcessBackend.@Nullable Transport transport,
        @Nullable TlsProperties tls,
        @Nullable Integer pendingConnections,
        @Nullable Boolean classArchives,
        @Nullable Path classArchiveDirectory) {

    /** Copies. */
    public ProcessProperties {
        jvmOptions = List.copyOf(jvmOptions);
        env = Map.copyOf(env);
        classPath = List.copyOf(classPath);
    }
}
