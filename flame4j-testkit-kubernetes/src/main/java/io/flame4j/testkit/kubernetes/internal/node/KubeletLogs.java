package io.flame4j.testkit.kubernetes.internal.node;

import io.flame4j.testkit.kubernetes.internal.api.LogTail;
import io.flame4j.testkit.kubernetes.internal.http.Exchange;
import io.flame4j.testkit.kubernetes.internal.http.HttpRequest;
import io.flame4j.testkit.kubernetes.internal.http.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The part of a kubelet's own API that serves logs, so that an API server can answer {@code pods/log}. On loopback, with a
 * certificate that nobody has signed, for everybody who asks.
 */
final class KubeletLogs implements AutoCloseable {

    /** Knows what containers have written. */
    @FunctionalInterface
    interface Source {
        @Nullable
        String log(String namespace, String pod, String container);
    }

    private static final String PATH = "containerLogs";
    private static final int PARTS = 5;

    private final Source source;
    private final HttpServer server;

    /**
     * Starts to serve. Blocks for the making of a key, which takes about a second.
     *
     * @param node begins the names of the threads
     * @param directory for the key
     * @param source knows the logs
     * @throws IOException when there is no key or no port to be had
     */
    KubeletLogs(String node, Path directory, Source source) throws IOException {
        this.source = source;
        ServerSocket socket = context(directory).getServerSocketFactory().createServerSocket();
        server = new HttpServer(socket, 0, "flame4j-node-" + node + "-logs", this::handle);
    }

    int port() {
        return server.port();
    }

    private void handle(HttpRequest request, Exchange exchange) throws IOException {
        String[] parts = request.path().split("/");
        String text = parts.length == PARTS && parts[1].equals(PATH) ? source.log(parts[2], parts[3], parts[4]) : null;
        if (text == null) {
            exchange.answer(404, Map.of(), "text/plain", "not found".getBytes(StandardCharsets.UTF_8));
        } else {
            exchange.answer(200, Map.of(), "text/plain", LogTail.of(text, request.parameters()));
        }
    }

    private static SSLContext context(Path directory) throws IOException {
        Path file = directory.resolve("kubelet.p12");
        String password = UUID.randomUUID().toString();
        makeKey(file, password);
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, password.toCharArray());
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(keys, password.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("The key of the node cannot be used: " + e.getMessage(), e);
        }
    }

    /** By the JDK's own tool: it has no API for certificates. */
    private static void makeKey(Path file, String password) throws IOException {
        ProcessBuilder keytool = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "kubelet",
                "-keyalg",
                "EC",
                "-dname",
                "CN=kubelet",
                "-ext",
                "SAN=IP:127.0.0.1",
                "-validity",
                "3650",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass:env",
                "STORE_PASSWORD"));
        keytool.environment().put("STORE_PASSWORD", password);
        Path output = file.resolveSibling("keytool.log");
        keytool.redirectErrorStream(true).redirectOutput(output.toFile());
        try {
            if (keytool.start().waitFor() != 0) {
                throw new IOException("keytool makes no key: " + Files.readString(output));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while keytool made a key.", e);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
