package io.flame4j.fory;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.fory.Shop.Item;
import io.flame4j.fory.Shop.Order;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What both sides have to have in common. */
class FingerprintTest {

    @TempDir
    private Path temp;

    @Test
    void classesAndTheirOrderCount() {
        long one = Registrations.fingerprint(List.of(Item.class, Order.class));
        assertThat(Registrations.fingerprint(List.of(Item.class, Order.class))).isEqualTo(one);
        assertThat(Registrations.fingerprint(List.of(Order.class, Item.class))).isNotEqualTo(one);
        assertThat(Registrations.fingerprint(List.of(Item.class))).isNotEqualTo(one);
    }

    @Test
    void javaCounts() {
        List<Class<?>> classes = List.of(Item.class);
        assertThat(Registrations.fingerprint(classes, "17.0.1+1 Acme"))
                .isEqualTo(Registrations.fingerprint(classes, "17.0.1+1 Acme"))
                .isNotEqualTo(Registrations.fingerprint(classes, "17.0.2+1 Acme"))
                .isNotEqualTo(Registrations.fingerprint(classes, "17.0.1+1 Other"));
    }

    /** Each is a class of its own, and its class file no part of the enum's. */
    @Test
    void bodiesOfEnumConstantsCount() throws Exception {
        long one = ofEnum("one", "int rank = 1;");
        assertThat(ofEnum("same", "int rank = 1;")).isEqualTo(one);
        assertThat(ofEnum("other", "long rank = 1;")).isNotEqualTo(one);
    }

    private long ofEnum(String folder, String body) throws Exception {
        Path directory = Files.createDirectory(temp.resolve(folder));
        Path source = directory.resolve("Level.java");
        Files.writeString(source, "public enum Level { LOW, HIGH { " + body + " } }");
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-d", directory.toString(), source.toString());
        assertThat(failed).isZero();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {directory.toUri().toURL()}, null)) {
            return Registrations.fingerprint(List.of(loader.loadClass("Level")));
        }
    }
}
