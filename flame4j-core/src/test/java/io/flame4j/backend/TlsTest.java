package io.flame4j.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is under TLS when nothing is said, and what may be said of it. */
class TlsTest {

    @ParameterizedTest
    @CsvSource({"127.0.0.1,127.0.0.1", "localhost,127.3.2.1", "::1,LocalHost", "127.0.0.1,[::1]"})
    void what_does_not_leave_the_machine_is_in_the_clear(String bind, String advertised) {
        assertThat(new ListenAt.Tcp(bind, 0, advertised).tls()).isEqualTo(Tls.none());
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0,127.0.0.1",
        "127.0.0.1,10.0.0.1",
        "10.0.0.1,10.0.0.1",
        "127.0.0.1,127.evil.example",
        "127.0.0.1,parent.shop.svc",
        "::,::1"
    })
    void what_may_leave_the_machine_is_encrypted(String bind, String advertised) {
        assertThat(new ListenAt.Tcp(bind, 0, advertised).tls()).isEqualTo(Tls.ephemeral());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1", "SSLv3", "tls"})
    void older_protocols_are_refused_with_the_reason(String protocol) {
        assertThatThrownBy(() -> Tls.ephemeral().protocols("TLSv1.3", protocol))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + protocol + "'")
                .hasMessageContaining("[TLSv1.3]")
                .hasMessageContaining("weaker handshakes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "AES", "", "TLS_EMPTY_RENEGOTIATION_INFO_SCSV"})
    void unknown_cipher_suites_are_refused_with_those_that_are_known(String cipher) throws Exception {
        assertThatThrownBy(() -> Tls.of(SSLContext.getDefault()).ciphers(cipher))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + cipher + "'")
                .hasMessageContaining("TLS_AES_256_GCM_SHA384");
    }

    @Test
    void nothing_at_all_is_refused() {
        assertThatThrownBy(() -> Tls.ephemeral().ciphers()).hasMessageContaining("No ciphers are given");
        assertThatThrownBy(() -> Tls.ephemeral().protocols()).hasMessageContaining("No protocols are given");
        assertThatThrownBy(() -> Tls.ephemeral().ciphers("TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"))
                .hasMessageContaining("twice");
    }

    @Test
    void places_with_other_limits_are_others() {
        Tls limited = Tls.ephemeral().ciphers("TLS_AES_256_GCM_SHA384");
        assertThat(ListenAt.loopback(limited))
                .isEqualTo(ListenAt.loopback(Tls.ephemeral().ciphers("TLS_AES_256_GCM_SHA384")))
                .isNotEqualTo(ListenAt.loopback(Tls.ephemeral()))
                .isNotEqualTo(ListenAt.loopback(Tls.ephemeral().ciphers("TLS_AES_128_GCM_SHA256")));
        assertThat(Tls.ephemeral().protocols("TLSv1.3").limits().protocols()).containsExactly("TLSv1.3");
    }
}
