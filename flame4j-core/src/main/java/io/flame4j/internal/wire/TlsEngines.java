package io.flame4j.internal.wire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/** Makes engines for {@link TlsChannel}: TLS 1.3 and nothing else. */
public final class TlsEngines {

    private static final String[] PROTOCOLS = {"TLSv1.3"};

    /** Those of TLS 1.3, what modern processors do fastest first. */
    private static final List<String> CIPHER_SUITES =
            List.of("TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_256_GCM_SHA384");

    /** Under this name sessions are resumed. It is no host's, and is not sent. */
    private static final String PEER = "flame4j";

    private TlsEngines() {}

    /** The side that dials. Engines of one context resume each other's sessions. */
    public static SSLEngine client(SSLContext context) {
        SSLEngine engine = context.createSSLEngine(PEER, 1);
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(PROTOCOLS);
        // No streams and lambdas here: a runner's start waits for them to be loaded.
        List<String> suites = new ArrayList<>(CIPHER_SUITES);
        suites.retainAll(Arrays.asList(engine.getSupportedCipherSuites()));
        if (!suites.isEmpty()) {
            engine.setEnabledCipherSuites(suites.toArray(new String[0]));
        }
        return engine;
    }

    /**
     * The side that is dialled. Of the key agreements it offers none over finite fields, since a stranger could demand up
     * to a second of arithmetic with one small message.
     *
     * @param ciphers the suites that it accepts, the preferred one first; when empty, those that the context has enabled
     * @throws IllegalArgumentException when the context does not have TLS 1.3, or not these suites
     */
    public static SSLEngine server(SSLContext context, List<String> ciphers) {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        if (!Arrays.asList(engine.getSupportedProtocols()).contains(PROTOCOLS[0])) {
            throw new IllegalArgumentException("The SSLContext (" + context.getProvider()
                    + ") does not support TLSv1.3, without which runners are not let in.");
        }
        engine.setEnabledProtocols(PROTOCOLS);
        if (!ciphers.isEmpty()) {
            engine.setEnabledCipherSuites(ciphers.toArray(new String[0]));
        }
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setAlgorithmConstraints(new NoFiniteFields(parameters.getAlgorithmConstraints()));
        parameters.setUseCipherSuitesOrder(true);
        engine.setSSLParameters(parameters);
        engine.setNeedClientAuth(false);
        return engine;
    }
}
