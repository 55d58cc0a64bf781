package io.flame4j.it;

/** The same under TLS. */
class BrokenTlsLinkTest extends BrokenLinkTest {

    @Override
    Backends backend() {
        return Backends.PROCESS_TLS;
    }
}
