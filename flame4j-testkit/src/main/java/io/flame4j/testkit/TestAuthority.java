package io.flame4j.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An authority that issues certificates for tests of {@link io.flame4j.backend.Tls#mutual}, as PEM files like those of a
 * mounted Secret. The JDK's keytool makes them, in a process of its own for each, which takes about a second. The
 * authority's key is of EC P-256 and is in a file in the directory that it is given; nothing of it is meant to be trusted
 * outside of tests. Not thread-safe.
 *
 * @since 0.1
 */
public final class TestAuthority {

    private static final String PASSWORD = "of-tests";
    private static final long PATIENCE_SECONDS = 60;

    private final Path store;
    private int issued;

    private TestAuthority(Path store) {
        this.store = store;
    }

    /**
     * Makes an authority. Blocks for about a second.
     *
     * @param directory for its files, such as a temporary directory of the test
     * @param name its name, and that of its file
     * @return the authority
     */
    public static TestAuthority create(Path directory, String name) {
        TestAuthority authority = new TestAuthority(directory.resolve(name + ".p12"));
        authority.keytool("-alias", "ca", "-dname", "CN=" + name, "-ext", "bc:c", "-ext", "ku:c=keyCertSign");
        return authority;
    }

    /** What a certificate is to say. Immutable. */
    public static final class Request {

        private final Duration startsIn;
        private final int days;
        private final String usage;
        private final List<String> names;

        private Request(Duration startsIn, int days, String usage, List<String> names) {
            this.startsIn = startsIn;
            this.days = days;
            this.usage = usage;
            this.names = names;
        }

        /**
         * A certificate for both sides that is valid for a day.
         *
         * @param names its subject alternative names, such as {@code dns:parent.shop} or {@code uri:spiffe://shop/parent}
         * @return the request
         */
        public static Request of(String... names) {
            return new Request(Duration.ofMinutes(-5), 1, "serverAuth,clientAuth", List.of(names));
        }

        /**
         * The same, but it ran out yesterday.
         *
         * @return the changed request
         */
        public Request expired() {
            return new Request(Duration.ofDays(-3), 2, usage, names);
        }

        /**
         * The same for other purposes.
         *
         * @param purposes as keytool names them: {@code serverAuth}, {@code clientAuth}
         * @return the changed request
         */
        public Request usableFor(String... purposes) {
            return new Request(startsIn, days, String.join(",", purposes), names);
        }
    }

    /**
     * Issues a certificate and writes {@code tls.crt}, {@code tls.key} and {@code ca.crt}, each by replacing it as a whole.
     * Blocks for about a second.
     *
     * @param request what it is to say
     * @param directory where to; is created when it is not there
     */
    public void issue(Request request, Path directory) {
        String alias = "leaf-" + ++issued;
        List<String> arguments = new ArrayList<>(List.of(
                "-alias",
                alias,
                "-signer",
                "ca",
                "-dname",
                "CN=" + alias,
                "-startdate",
                request.startsIn.toSeconds() + "S",
                "-validity",
                String.valueOf(request.days),
                "-ext",
                "eku=" + request.usage));
        if (!request.names.isEmpty()) {
            arguments.add("-ext");
            arguments.add("san=" + String.join(",", request.names));
        }
        keytool(arguments.toArray(new String[0]));
        try {
            KeyStore keys = load();
            Files.createDirectories(directory);
            replace(
                    directory.resolve("tls.crt"),
                    pem("CERTIFICATE", keys.getCertificate(alias).getEncoded()));
            replace(
                    directory.resolve("tls.key"),
                    pem(
                            "PRIVATE KEY",
                            keys.getKey(alias, PASSWORD.toCharArray()).getEncoded()));
            replace(directory.resolve("ca.crt"), certificate());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The authority's own certificate.
     *
     * @return in PEM, as a {@code ca.crt} has it, which may hold several, one after the other
     */
    public String certificate() {
        try {
            Certificate own = load().getCertificate("ca");
            return pem("CERTIFICATE", own.getEncoded());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private KeyStore load() throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }

    private static String pem(String kind, byte[] der) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + kind + "-----\n";
    }

    private static void replace(Path file, String text) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, text, StandardCharsets.US_ASCII);
        Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private void keytool(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-m",
                "java.base/sun.security.tools.keytool.Main",
                "-genkeypair",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD));
        command.addAll(Arrays.asList(arguments));
        Path output = store.resolveSibling("keytool.out");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
            // Agents, which two processes cannot share.
            builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
            Process process = builder.start();
            try {
                process.getOutputStream().close();
                if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("keytool was not done after " + PATIENCE_SECONDS + " s");
                }
            } finally {
                process.destroyForcibly();
            }
            if (process.exitValue() != 0) {
                throw new IllegalStateException("keytool "
                        + String.join(" ", arguments) + " ended with exit code "
                        + process.exitValue() + ": " + Files.readString(output, Charset.defaultCharset()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while keytool ran", e);
        }
    }
}
