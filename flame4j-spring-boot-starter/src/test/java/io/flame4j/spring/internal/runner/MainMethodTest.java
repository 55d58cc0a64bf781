package io.flame4j.spring.internal.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** All that Java 25 takes for a main method, whichever Java this is. */
class MainMethodTest {

    private static String called = "";

    static class Classic {
        public static void main(String[] args) {
            called = "classic " + args[0];
        }
    }

    static class Short {
        void main() {
            called = "short";
        }
    }

    static class Both {
        static void main() {
            called = "without";
        }

        void main(String[] args) {
            called = "with " + args[0];
        }
    }

    static class Heir extends Both {}

    static class None {
        private static void main(String[] args) {
            called = "private " + args.length;
        }

        int main() {
            return 1;
        }
    }

    static class Failing {
        static void main(String[] args) {
            throw new IllegalStateException(args[0]);
        }
    }

    @BeforeEach
    void forget() {
        called = "";
    }

    private static String call(Class<?> type) throws Throwable {
        Objects.requireNonNull(MainMethod.of(type)).invoke(new String[] {"x"});
        return called;
    }

    @Test
    void finds_what_the_java_command_finds() throws Throwable {
        assertThat(call(Classic.class)).isEqualTo("classic x");
        assertThat(call(Short.class)).isEqualTo("short");
        assertThat(call(Both.class)).isEqualTo("with x");
        assertThat(call(Heir.class)).isEqualTo("with x");
        assertThat(MainMethod.of(None.class)).isNull();
        assertThatIllegalStateException().isThrownBy(() -> call(Failing.class)).withMessage("x");
    }
}
