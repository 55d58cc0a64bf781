package io.flame4j.internal.link;

import java.security.SecureRandom;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/** A context of a user's that is another one from time to time, as those that follow files are. */
public class Changing extends SSLContext {

    public Changing(Supplier<SSLContext> current, SSLContext first) {
        this(new Spi(current), first);
    }

    private Changing(Spi spi, SSLContext first) {
        super(spi, first.getProvider(), first.getProtocol());
        spi.owner = this;
    }

    /** Changes each engine. */
    SSLEngine changed(SSLEngine engine) {
        return engine;
    }

    private static final class Spi extends SSLContextSpi {
        private final Supplier<SSLContext> current;
        private Changing owner;

        private Spi(Supplier<SSLContext> current) {
            this.current = current;
        }

        @Override
        protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected SSLSocketFactory engineGetSocketFactory() {
            return current.get().getSocketFactory();
        }

        @Override
        protected SSLServerSocketFactory engineGetServerSocketFactory() {
            return current.get().getServerSocketFactory();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine() {
            return owner.changed(current.get().createSSLEngine());
        }

        @Override
        protected SSLEngine engineCreateSSLEngine(String host, int port) {
            return owner.changed(current.get().createSSLEngine(host, port));
        }

        @Override
        protected SSLSessionContext engineGetServerSessionContext() {
            return current.get().getServerSessionContext();
        }

        @Override
        protected SSLSessionContext engineGetClientSessionContext() {
            return current.get().getClientSessionContext();
        }
    }
}
