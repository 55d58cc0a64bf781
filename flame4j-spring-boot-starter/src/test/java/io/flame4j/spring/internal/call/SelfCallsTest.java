package io.flame4j.spring.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.spring.FlameCall;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SelfCallsTest {

    private static Map<String, String> in(Class<?> type) {
        return SelfCalls.of(type, AnnotatedMethods.of(type).keySet()).entrySet().stream()
                .collect(Collectors.toMap(entry -> entry.getKey().getName(), Map.Entry::getValue));
    }

    static class Work {
        @FlameCall
        long work(long a, Object b) {
            return a;
        }
    }

    static class Direct extends Work {
        long sum;

        void direct(boolean yes, Object[] many) {
            sum += work(yes ? many.length : sum * 2 + (long) 1.5, yes ? "a" + sum : many[0]);
        }
    }

    @Test
    void direct() {
        assertThat(in(Direct.class)).containsOnly(Map.entry("work", "direct(…)"));
    }

    static class Chained extends Work {
        double[] field = {1, 2};

        long start() {
            return helper(1);
        }

        private long helper(int n) {
            try {
                synchronized (this) {
                    for (int i = 0; i < n; i++) {
                        field[0] = field[1] += i;
                    }
                }
                return this.work(
                        n > 1
                                ? (long) field[0]++
                                : switch (n) {
                                    case 0 -> 5L;
                                    case 1 -> 6L % n;
                                    default -> 7L << 2;
                                },
                        new int[n][3]);
            } catch (RuntimeException e) {
                throw new IllegalStateException(String.valueOf(n), e);
            }
        }
    }

    @Test
    void by_a_private_method() {
        assertThat(in(Chained.class)).containsOnly(Map.entry("work", "helper(…)"));
    }

    static class Lambdas extends Work {
        LongSupplier later(List<String> words) {
            return () -> words.stream().mapToLong(word -> work(1, word)).sum();
        }
    }

    @Test
    void in_a_lambda() {
        assertThat(in(Lambdas.class)).containsOnly(Map.entry("work", "later(…)"));
    }

    static class Reference {
        Supplier<String> later() {
            return this::work;
        }

        @FlameCall
        String work() {
            return "";
        }
    }

    @Test
    void by_reference() {
        assertThat(in(Reference.class)).containsOnly(Map.entry("work", "later(…)"));
    }

    static class InConstructor extends Work {
        InConstructor() {
            work(1, null);
        }
    }

    @Test
    void in_a_constructor() {
        assertThat(in(InConstructor.class)).containsOnly(Map.entry("work", "a constructor"));
    }

    static class Innocent extends Work {
        Innocent self;
        Work other;

        long throughTheProxy(Object[] any) {
            long all = self.work(2, this) + other.work(any.length, this.self);
            return all + new Work().work(1, List.of(this, this));
        }

        /** Is on the runner already. */
        @FlameCall
        long recursive(int depth) {
            return depth == 0 ? work(1, null) : recursive(depth - 1) + onlyFromThere();
        }

        private long onlyFromThere() {
            return work(1, "");
        }

        static long of(Innocent another) {
            return another.work(1, null);
        }

        static class Nested {
            long of(Innocent another) {
                return another.work(1, this);
            }
        }
    }

    @Test
    void calls_on_others_and_on_the_runner_are_none() {
        assertThat(in(Innocent.class)).isEmpty();
    }
}
