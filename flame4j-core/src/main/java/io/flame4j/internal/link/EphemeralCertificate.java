package io.flame4j.internal.link;

import io.flame4j.RunnerBootException;
import io.flame4j.backend.JvmCommand;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a key and a certificate that signs itself, with the JDK's keytool; docs/adr/0007 says why it. The tool is a part
 * of the module {@code java.base} and is run by its module name, since images may lack the command of that name. The
 * file it writes is encrypted under a password that nobody else knows, in a directory of this user's, and is removed at
 * once.
 */
final class EphemeralCertificate {

    private static final Logger LOG = LoggerFactory.getLogger(EphemeralCertificate.class);

    private static final String KEYTOOL = "java.base/sun.security.tools.keytool.Main";

    /** It takes a second; on a starved machine many. */
    private static final long PATIENCE_SECONDS = 60;

    private static final String PASSWORD_VARIABLE = "FLAME4J_KEYSTORE_PASSWORD";
    private static final int PASSWORD_BYTES = 32;
    private static final int LONGEST_OUTPUT = 2_000;
    private static final String CURE = " Or give a certificate of your own with Tls.of(SSLContext).";

    private EphemeralCertificate() {}

    /**
     * Makes one. Blocks for a second or so.
     *
     * @throws RunnerBootException when it cannot be made
     */
    static TlsIdentity make() throws InterruptedException {
        Path java = Path.of(System.getProperty("java.home"), "bin", File.separatorChar == '\\' ? "java.exe" : "java");
        if (!Files.isExecutable(java)) {
            throw failure(
                    "there is no Java launcher at " + java
                            + " to run it with. Use a runtime image with its commands, not"
                            + " one that was made with --strip-native-commands.",
                    true,
                    null);
        }
        try {
            return TlsIdentity.of(contextOf(java), List.of());
        } catch (IOException | GeneralSecurityException e) {
            throw failure(
                    e.getMessage() + ". Check the temporary directory " + System.getProperty("java.io.tmpdir") + ".",
                    false,
                    e);
        }
    }

    private static RunnerBootException failure(String why, boolean permanent, @Nullable Throwable cause) {
        return new RunnerBootException(
                "The JDK's keytool cannot make a certificate for TLS with runners: " + why + CURE, permanent, cause);
    }

    private static SSLContext contextOf(Path java) throws IOException, GeneralSecurityException, InterruptedException {
        byte[] random = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(random);
        String password = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        // Only this user may enter it, where the platform knows users.
        Path directory = Files.createTempDirectory("flame4j-tls-");
        Path store = directory.resolve("key.p12");
        Path output = directory.resolve("out");
        try {
            runKeytool(java, store, output, password);
            return contextOf(store, password.toCharArray());
        } finally {
            delete(store);
            delete(output);
            delete(directory);
        }
    }

    private static void runKeytool(Path java, Path store, Path output, String password)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        java.toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx64m",
                        "-m",
                        KEYTOOL,
                        "-genkeypair",
                        "-alias",
                        "flame4j",
                        "-dname",
                        "CN=flame4j",
                        "-validity",
                        "3650",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-sigalg",
                        "SHA256withECDSA",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass:env",
                        PASSWORD_VARIABLE))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        // Agents, and ports that two processes cannot share.
        builder.environment().keySet().removeAll(JvmCommand.ABSORBED_VARIABLES);
        builder.environment().put(PASSWORD_VARIABLE, password);
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("it was not done after " + PATIENCE_SECONDS + " s");
            }
        } finally {
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw new IOException("it ended with exit code " + process.exitValue() + ", saying: " + start(output));
        }
    }

    private static String start(Path output) throws IOException {
        String text = Files.readString(output, Charset.defaultCharset()).strip();
        return text.length() <= LONGEST_OUTPUT ? text : text.substring(0, LONGEST_OUTPUT) + " …";
    }

    private static SSLContext contextOf(Path store, char[] password) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, password);
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, password);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("Could not remove {}: {}", file, e.toString());
        }
    }
}
