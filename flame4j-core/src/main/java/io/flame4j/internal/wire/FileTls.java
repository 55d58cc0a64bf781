package io.flame4j.internal.wire;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS in which both sides show certificates, with the files of {@link PemFiles}, which may be replaced at any time; either
 * side. Authorities, dates and usages are checked as the JDK does it, with the authorities of {@code ca.crt} alone.
 * Thread-safe.
 */
public final class FileTls implements TlsClient {

    private static final Logger LOG = LoggerFactory.getLogger(FileTls.class);

    /** A certificate that has run out, or whose authority has gone, is good for so long at most where it was good before. */
    private static final int SESSION_SECONDS = 3_600;

    private final Path directory;
    private final PeerName parent;

    /** The last good files. Written under the monitor of this. */
    private volatile Loaded loaded;

    /** What was last complained of. Guarded by the monitor of this. */
    private String complaint = "";

    private record Loaded(byte[] digest, SSLContext context) {}

    /**
     * Reads the files.
     *
     * @param directory where they are
     * @param parent what the side that is dialled must be called
     * @throws IOException when they are not there
     * @throws GeneralSecurityException when they make no sense; either names the file, the cause and the cure
     */
    public FileTls(Path directory, PeerName parent) throws IOException, GeneralSecurityException {
        this.directory = directory;
        this.parent = parent;
        this.loaded = load(PemFiles.read(directory));
    }

    /** The context of the last good files. */
    public SSLContext context() {
        return loaded.context;
    }

    /** Of the side that dials. Reads the files, and so may block. */
    @Override
    public SSLEngine engine() {
        refresh();
        return TlsEngines.client(context());
    }

    /** Reads the files again. When they have become bad, those before stay in force, and a warning tells why. Blocks. */
    public synchronized void refresh() {
        try {
            PemFiles files = PemFiles.read(directory);
            if (!MessageDigest.isEqual(files.digest(), loaded.digest)) {
                // A context of its own for each version: sessions do not outlive what they were made with.
                loaded = load(files);
                LOG.info("The certificates in {} have changed and are used from now on", directory);
            }
            complaint = "";
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            String problem = e.toString();
            if (!problem.equals(complaint)) {
                complaint = problem;
                LOG.warn(
                        "The certificates in {} cannot be used as they are now, so those before stay in force until"
                                + " they run out: {}",
                        directory,
                        problem);
            }
        }
    }

    private Loaded load(PemFiles files) throws GeneralSecurityException {
        X509Certificate[] chain = files.chain();
        try {
            chain[0].checkValidity();
        } catch (CertificateException e) {
            throw new CertificateException(
                    "The certificate in " + files.directory().resolve("tls.crt") + " is not valid now: "
                            + e.getMessage(),
                    e);
        }
        KeyManager key = new OneKey(chain, files.key(chain[0]));
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        TrustManager trust = new Named(trust(files.authorities()), parent);
        context.init(new KeyManager[] {key}, new TrustManager[] {trust}, null);
        context.getClientSessionContext().setSessionTimeout(SESSION_SECONDS);
        context.getServerSessionContext().setSessionTimeout(SESSION_SECONDS);
        return new Loaded(files.digest(), context);
    }

    private static X509ExtendedTrustManager trust(List<X509Certificate> authorities) throws GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        try {
            store.load(null, null);
        } catch (IOException e) {
            throw new GeneralSecurityException(e);
        }
        for (int i = 0; i < authorities.size(); i++) {
            store.setCertificateEntry("ca-" + i, authorities.get(i));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager extended) {
                return extended;
            }
        }
        throw new GeneralSecurityException("This Java has no X509ExtendedTrustManager of kind PKIX");
    }

    /** Shows its certificate whatever authorities the other side names, so that the other side can say what it dislikes. */
    private static final class OneKey extends X509ExtendedKeyManager {

        private static final String ALIAS = "flame4j";

        private final X509Certificate[] chain;
        private final PrivateKey key;

        private OneKey(X509Certificate[] chain, PrivateKey key) {
            this.chain = chain;
            this.key = key;
        }

        private @Nullable String alias(String @Nullable ... types) {
            return types != null && Arrays.asList(types).contains(key.getAlgorithm()) ? ALIAS : null;
        }

        @Override
        public @Nullable String chooseEngineClientAlias(
                String[] types, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return alias(types);
        }

        @Override
        public @Nullable String chooseEngineServerAlias(
                String type, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return alias(type);
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return alias(types);
        }

        @Override
        public @Nullable String chooseServerAlias(
                String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return alias(type);
        }

        @Override
        public String[] getClientAliases(String type, Principal @Nullable [] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String[] getServerAliases(String type, Principal @Nullable [] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return chain.clone();
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return key;
        }
    }

    /** Asks the JDK, and then for the name of who is dialled. Those who dial are asked for theirs by the listener. */
    private static final class Named extends X509ExtendedTrustManager {

        private final X509ExtendedTrustManager jdk;
        private final PeerName parent;

        private Named(X509ExtendedTrustManager jdk, PeerName parent) {
            this.jdk = jdk;
            this.parent = parent;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            jdk.checkServerTrusted(chain, type, engine);
            parent.check(chain[0]);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            jdk.checkServerTrusted(chain, type, socket);
            parent.check(chain[0]);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            jdk.checkServerTrusted(chain, type);
            parent.check(chain[0]);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            jdk.checkClientTrusted(chain, type, engine);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            jdk.checkClientTrusted(chain, type, socket);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            jdk.checkClientTrusted(chain, type);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return jdk.getAcceptedIssuers();
        }
    }
}
