package io.flame4j.internal.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.FlameParent;
import io.flame4j.internal.wire.BootTicket;
import io.flame4j.internal.wire.WireAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BootInfoTest {

    private static final BootTicket TICKET = new BootTicket(
            "thumbs", "thumbs-1", new WireAddress.Tcp("10.0.0.1", 4711), null, new byte[32], "0.1", 17, 0, 20_000);

    @Test
    void thisProcessIsNoRunner() {
        assertThat(BootInfo.ofThisProcess()).isEmpty();
        assertThat(BootInfo.read(Map.of())).isNull();
        RunnerMain.runIfRunner();
    }

    @Test
    void describesTheParentWithoutTheToken() {
        assertThat(BootInfo.describe(BootInfo.read(RunnerProcess.environment(TICKET))))
                .isEqualTo(new FlameParent("thumbs", "thumbs-1", "tcp:10.0.0.1:4711", "0.1", 17));
    }

    @Test
    void aMalformedVariableIsNamedAndNotRepeated() {
        String good = TICKET.encode();
        for (String bad : new String[] {
            "",
            "x",
            "pool=a;runner=b",
            good.replace("java=17", "java=many"),
            good.replace("tcp", "udp"),
            good.replace("pool=", "pool=%")
        }) {
            assertThatThrownBy(() ->
                            BootInfo.read(Map.of("FLAME_PARENT", bad, "FLAME_PARENT_TOKEN", TICKET.encodeToken())))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("The variable FLAME_PARENT is malformed: ")
                    .hasMessageNotContaining("AAAAAA");
        }
        String token = TICKET.encodeToken();
        for (String bad : new String[] {"", "*" + token.substring(1), token.substring(4)}) {
            assertThatThrownBy(() -> BootInfo.read(Map.of("FLAME_PARENT", good, "FLAME_PARENT_TOKEN", bad)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is malformed: ")
                    .hasMessageNotContaining("AAAAAA");
        }
        assertThatThrownBy(() -> BootInfo.read(Map.of("FLAME_PARENT", good)))
                .hasMessageContaining("FLAME_PARENT_TOKEN is not");
    }
}
