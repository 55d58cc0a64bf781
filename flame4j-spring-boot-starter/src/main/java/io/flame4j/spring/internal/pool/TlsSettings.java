package io.flame4j.spring.internal.pool;

import io.flame4j.backend.Tls;
import io.flame4j.spring.properties.TlsProperties;
import io.flame4j.spring.properties.TlsProperties.Mode;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundles;

/** TLS from properties. */
record TlsSettings(Settings settings, Beans beans) {

    void apply(@Nullable TlsProperties tls, Consumer<Tls> option) {
        if (tls == null) {
            return;
        }
        Mode mode = tls.mode();
        if (mode == null) {
            throw settings.invalid("mode", "it is missing, but other properties beside it are set.");
        }
        refuse("directory", tls.directory(), mode, Mode.MUTUAL);
        refuse("parent-name", tls.parentName(), mode, Mode.MUTUAL);
        refuse("runner-name", tls.runnerName(), mode, Mode.MUTUAL);
        refuse("bundle", tls.bundle(), mode, Mode.BUNDLE);
        settings.set("mode", limited(tls, of(tls, mode)), option);
    }

    private Tls of(TlsProperties tls, Mode mode) {
        return switch (mode) {
            case NONE -> Tls.none();
            case EPHEMERAL -> Tls.ephemeral();
            case MUTUAL -> mutual(tls);
            case BUNDLE -> bundle(tls.bundle());
        };
    }

    private Tls mutual(TlsProperties tls) {
        Path directory = tls.directory();
        if (directory == null) {
            throw settings.invalid("directory", "mode mutual needs the folder with the certificates.");
        }
        Tls.Mutual mutual = Tls.mutual(directory);
        String parent = tls.parentName();
        String runner = tls.runnerName();
        mutual = parent == null ? mutual : mutual.parentName(parent);
        return runner == null ? mutual : mutual.runnerName(runner);
    }

    private Tls bundle(@Nullable String name) {
        if (name == null) {
            throw settings.invalid("bundle", "mode bundle needs the name of an SSL bundle (spring.ssl.bundle.…).");
        }
        SslBundles bundles = beans.only(SslBundles.class);
        if (bundles == null) {
            throw settings.invalid("bundle", "this application has no SSL bundles.");
        }
        try {
            return Tls.of(bundles.getBundle(name).createSslContext());
        } catch (RuntimeException e) {
            throw settings.invalid("bundle", e);
        }
    }

    private Tls limited(TlsProperties tls, Tls chosen) {
        if (!(chosen instanceof Tls.Encrypted encrypted)) {
            if (!tls.protocols().isEmpty() || !tls.ciphers().isEmpty()) {
                throw settings.invalid("mode", "it is none, so there are neither protocols nor ciphers to limit.");
            }
            return chosen;
        }
        Tls.Encrypted[] result = {encrypted};
        settings.setAll("protocols", tls.protocols(), names -> result[0] = result[0].protocols(array(names)));
        settings.setAll("ciphers", tls.ciphers(), names -> result[0] = result[0].ciphers(array(names)));
        return result[0];
    }

    private void refuse(String name, @Nullable Object value, Mode mode, Mode needed) {
        if (value != null && mode != needed) {
            throw settings.invalid(
                    name,
                    "it belongs to mode " + needed.name().toLowerCase(java.util.Locale.ROOT) + ", but the mode is "
                            + mode.name().toLowerCase(java.util.Locale.ROOT) + ". Leave one of them out.");
        }
    }

    private static String[] array(List<String> values) {
        return values.toArray(String[]::new);
    }
}
