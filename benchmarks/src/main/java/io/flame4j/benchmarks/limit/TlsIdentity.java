package io.flame4j.benchmarks.limit;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.ByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A certificate made by the JDK's keytool for one run, which both sides read from the same file. It protects nothing. */
final class TlsIdentity implements Closeable {

    private static final String SCHEME = "tls:";
    private static final String PASSWORD = "changeit";
    private static final String[] PROTOCOLS = {"TLSv1.3"};

    private final Path folder;

    private TlsIdentity(Path folder) {
        this.folder = folder;
    }

    static TlsIdentity create() throws IOException {
        TlsIdentity identity = new TlsIdentity(Files.createTempDirectory("flame4j-bench"));
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        Process process = new ProcessBuilder(List.of(
                        keytool.toString(),
                        "-genkeypair",
                        "-alias",
                        "bench",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=bench",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        identity.file().toString()))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes());
        try {
            if (process.waitFor() != 0) {
                throw new IOException("keytool made no certificate: " + output.trim());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return identity;
    }

    private Path file() {
        return folder.resolve("p12");
    }

    String address(int port) {
        return SCHEME + port + ":" + file();
    }

    static boolean isAddress(String address) {
        return address.startsWith(SCHEME);
    }

    /** The port in an address of ours, for who trusts everybody; any other address as it is. */
    static String portOrAll(String address) {
        return isAddress(address) ? address.split(":", 3)[1] : address;
    }

    ServerSocket listen(InetAddress local, int backlog) throws IOException {
        SSLServerSocket socket =
                (SSLServerSocket) context(file()).getServerSocketFactory().createServerSocket(0, backlog, local);
        socket.setEnabledProtocols(PROTOCOLS);
        return socket;
    }

    static ByteChannel dial(InetAddress host, String address) throws IOException {
        String[] parts = address.split(":", 3);
        SSLSocket socket = (SSLSocket)
                context(Path.of(parts[2])).getSocketFactory().createSocket(host, Integer.parseInt(parts[1]));
        socket.setEnabledProtocols(PROTOCOLS);
        return new TlsSocket(socket);
    }

    private static SSLContext context(Path file) throws IOException {
        try {
            KeyStore store = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, PASSWORD.toCharArray());
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("bench", store.getCertificate("bench"));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file());
        Files.deleteIfExists(folder);
    }
}
