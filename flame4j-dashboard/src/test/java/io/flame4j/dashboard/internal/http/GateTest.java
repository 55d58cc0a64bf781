package io.flame4j.dashboard.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GateTest {

    private final Gate loopback = new Gate(InetAddress.getLoopbackAddress(), Set.of("Flame.example.org"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LOCALHOST:1",
                "127.0.0.1:8080",
                "[::1]:8080",
                "[::1]",
                "flame.example.org",
                "flame.example.org:443"
            })
    void admitsItsOwnNames(String host) {
        assertThat(loopback.admits(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":80",
                "evil.example",
                "localhost.evil.example:80",
                "127.0.0.1.evil.example",
                "localhost:80:80",
                "evil.example:127.0.0.1",
                "192.168.0.1",
                "localhost,evil.example",
                "localhost."
            })
    void refusesAllOthers(String host) {
        assertThat(loopback.admits(host)).isFalse();
        assertThat(loopback.admits(null)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3:8080, true",
        "[fd00::1]:8080, true",
        "localhost, true",
        "a.example:80, true",
        "b.example, false",
        "10.1.2.3.evil.example, false",
        "evil.example:10.1.2.3, false",
        "[evil.example], false",
        "167838211, false",
    })
    void elsewhereAnyAddressIsGoodButNoNameThatWasNotGiven(String host, boolean admitted) throws UnknownHostException {
        InetAddress everywhere = InetAddress.getByName("0.0.0.0");

        assertThat(new Gate(everywhere, Set.of("a.example")).admits(host)).isEqualTo(admitted);
        assertThat(new Gate(everywhere, Set.of()).admits(host)).isEqualTo(admitted && !host.startsWith("a.example"));
        assertThat(new Gate(everywhere, Set.of()).admits(null)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "http://localhost:80, localhost:80, same-origin, true",
                "https://flame.example.org, flame.example.org, -, true",
                "-, localhost:80, same-origin, false",
                "http://localhost:80, -, same-origin, false",
                "http://localhost:81, localhost:80, -, false",
                "http://evil.example, localhost:80, -, false",
                "http://localhost:80, localhost:80, cross-site, false",
                "null, localhost:80, -, false",
                "http://[, localhost:80, -, false",
            })
    void changesComeFromTheSameOrigin(String origin, String host, String fetchSite, boolean same) {
        assertThat(Gate.isSameOrigin(origin, host, fetchSite)).isEqualTo(same);
    }

    @Test
    void writesAddressesAsInUrls() throws UnknownHostException {
        assertThat(Gate.hostOf(InetAddress.getByName("127.0.0.1"))).isEqualTo("127.0.0.1");
        assertThat(Gate.hostOf(InetAddress.getByName("::1"))).isEqualTo("[0:0:0:0:0:0:0:1]");
    }
}
