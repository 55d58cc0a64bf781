package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.CallOptions;
import io.flame4j.FlameParent;
import io.flame4j.FlamePool;
import io.flame4j.FlamePoolBuilder;
import io.flame4j.MapOptions;
import io.flame4j.RemoteAction;
import io.flame4j.RemoteTask;
import io.flame4j.RunnerInitializer;
import io.flame4j.TaskSerializationException;
import io.flame4j.backend.LocalBackend;
import io.flame4j.codec.Codec;
import io.flame4j.codec.DecodeContext;
import io.flame4j.testkit.FaultyBackend;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Options that make no sense are refused by name and value. */
class OptionsTest {

    private static final Duration NONE = Duration.ZERO;
    private static final Duration PAST = Duration.ofSeconds(-1);

    private static Arguments refused(String message, Consumer<FlamePoolBuilder> setting) {
        return Arguments.of(message, setting);
    }

    static Stream<Arguments> settings() {
        return Stream.of(
                refused("min must be at least 0, but is -1", b -> b.min(-1)),
                refused("max must be at least 1, but is 0", b -> b.max(0)),
                refused("maxConcurrency must be at least 1, but is 0", b -> b.maxConcurrency(0)),
                refused("maxConcurrency must be at most 10000, but is 10001", b -> b.maxConcurrency(10_001)),
                refused("headroom must be at least 0, but is -1", b -> b.headroom(-1)),
                refused("bootParallelism must be at least 1, but is 0", b -> b.bootParallelism(0)),
                refused("maxQueued must be at least 0, but is -1", b -> b.maxQueued(-1)),
                refused("timeout must be positive, but is PT0S", b -> b.timeout(NONE)),
                refused("timeout must be positive, but is PT-1S", b -> b.timeout(PAST)),
                refused("bootTimeout must be positive, but is PT0S", b -> b.bootTimeout(NONE)),
                refused("shutdownTimeout must be positive, but is PT-1S", b -> b.shutdownTimeout(PAST)),
                refused("idleShutdownAfter must be positive, but is PT0S", b -> b.idleShutdownAfter(NONE)),
                refused("idleShutdownAfter must be positive, but is PT-1S", b -> b.idleShutdownAfter(PAST, () -> true)),
                refused("minIdleShutdownAfter must be positive, but is PT0S", b -> b.minIdleShutdownAfter(NONE)),
                refused("interruptGrace must be positive, but is PT0S", b -> b.interruptGrace(NONE)),
                refused("heartbeat must be at least 100 ms, but is PT0.099S", b -> b.heartbeat(Duration.ofMillis(99))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("settings")
    void aValueOutOfRangeIsRefusedAsItIsSet(String message, Consumer<FlamePoolBuilder> setting) {
        FlamePoolBuilder builder = FlamePool.builder("options");
        assertThatThrownBy(() -> setting.accept(builder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    static Stream<Arguments> missing() {
        return Stream.of(
                refused("backend", b -> b.backend(null)),
                refused("dispatch", b -> b.dispatch(null)),
                refused("timeout", b -> b.timeout(null)),
                refused("bootTimeout", b -> b.bootTimeout(null)),
                refused("shutdownTimeout", b -> b.shutdownTimeout(null)),
                refused("idleShutdownAfter", b -> b.idleShutdownAfter(null)),
                refused("check", b -> b.idleShutdownAfter(Duration.ofSeconds(1), null)),
                refused("minIdleShutdownAfter", b -> b.minIdleShutdownAfter(null)),
                refused("listener", b -> b.listener(null)),
                refused("codec", b -> b.codec(null)),
                refused("executor", b -> b.executor(null)),
                refused("initializer", b -> b.initializer(null)),
                refused("heartbeat", b -> b.heartbeat(null)),
                refused("interruptGrace", b -> b.interruptGrace(null)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("missing")
    void nullIsRefusedByName(String option, Consumer<FlamePoolBuilder> setting) {
        FlamePoolBuilder builder = FlamePool.builder("options");
        assertThatThrownBy(() -> setting.accept(builder))
                .isInstanceOf(NullPointerException.class)
                .hasMessage(option);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "A",
                "9lives",
                "-a",
                "a-",
                "a_b",
                "a b",
                "ä",
                "a.b",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            })
    void aMalformedNameIsRefusedWithTheRule(String name) {
        assertThatThrownBy(() -> FlamePool.builder(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + name + "' is malformed")
                .hasMessageContaining("1 to 40 lower-case letters, digits and dashes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a-9", "thumbs", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})
    void aGoodNameIsTaken(String name) {
        try (FlamePool pool =
                FlamePool.builder(name).backend(LocalBackend.create()).build()) {
            assertThat(pool.name()).isEqualTo(name);
        }
    }

    abstract static class Abstract implements RunnerInitializer {}

    static class NotPublic implements RunnerInitializer {
        @Override
        public void initialize(FlameParent parent) {}
    }

    public class Inner extends NotPublic {}

    public static class NoDefaultConstructor extends NotPublic {
        public NoDefaultConstructor(String name) {}
    }

    public static class PrivateConstructor extends NotPublic {
        private PrivateConstructor() {}
    }

    public static class Good extends NotPublic {}

    static Stream<Arguments> unusableInitializers() {
        class Local extends NotPublic {}
        RunnerInitializer lambda = parent -> {};
        return Stream.of(
                Arguments.of(RunnerInitializer.class, "is an interface"),
                Arguments.of(Abstract.class, "is abstract"),
                Arguments.of(NotPublic.class, "is not public"),
                Arguments.of(Inner.class, "is an inner class, which needs an object of io.flame4j.it.OptionsTest"),
                Arguments.of(NoDefaultConstructor.class, "has no public constructor without parameters"),
                Arguments.of(PrivateConstructor.class, "has no public constructor without parameters"),
                Arguments.of(Local.class, "is a local class"),
                Arguments.of(new NotPublic() {}.getClass(), "is an anonymous class"),
                Arguments.of(lambda.getClass(), "is a lambda"));
    }

    @ParameterizedTest
    @MethodSource("unusableInitializers")
    void anInitializerThatARunnerCouldNotMakeIsRefusedAtOnce(
            Class<? extends RunnerInitializer> initializer, String why) {
        assertThatThrownBy(() -> FlamePool.builder("options").initializer(initializer))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("The initializer " + initializer.getTypeName() + " " + why)
                .hasMessageContaining("public static nested class");
    }

    @Test
    void aCodecThatARunnerCouldNotMakeIsRefusedAtOnce() {
        Codec anonymous = new Codec() {
            @Override
            public void encode(Object value, OutputStream out) {}

            @Override
            public Object decode(InputStream in, DecodeContext context) {
                return null;
            }
        };
        assertThatThrownBy(() -> FlamePool.builder("options").codec(anonymous))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("The codec ")
                .hasMessageContaining("is an anonymous class");
    }

    @Test
    void anInitializerThatIsPublicAndNestedIsTaken() {
        try (FlamePool pool = FlamePool.builder("options")
                .backend(LocalBackend.create())
                .initializer(Good.class)
                .build()) {
            assertThat(pool.call(() -> "ready")).isEqualTo("ready");
        }
    }

    @Test
    void minAboveMaxIsRefusedWhenThePoolIsBuilt() {
        FaultyBackend backend = new FaultyBackend();
        assertThatThrownBy(() -> FlamePool.builder("options")
                        .backend(backend)
                        .min(3)
                        .max(2)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Pool 'options'")
                .hasMessageContaining("min=3 and max=2");
        assertThat(backend.starts()).isZero();
    }

    @Test
    void anIdleCheckThatCannotTravelIsRefusedWhenThePoolIsBuilt() {
        Object stuck = new Object();
        assertThatThrownBy(() -> FlamePool.builder("options")
                        .backend(LocalBackend.create())
                        .idleShutdownAfter(Duration.ofSeconds(1), () -> stuck.hashCode() == 0)
                        .build())
                .isInstanceOf(TaskSerializationException.class)
                .hasMessageContaining("java.lang.Object");
    }

    @Test
    void durationsBeyondAllTimesAreForEver() {
        Duration ages = Duration.ofSeconds(Long.MAX_VALUE);
        try (FlamePool pool = FlamePool.builder("options")
                .backend(LocalBackend.create())
                .min(3)
                .max(3)
                .bootParallelism(1)
                .timeout(ages)
                .bootTimeout(ages)
                .shutdownTimeout(ages)
                .idleShutdownAfter(ages)
                .minIdleShutdownAfter(ages)
                .interruptGrace(ages)
                .build()) {
            assertThat(pool.call(() -> "works")).isEqualTo("works");
        }
    }

    @Test
    void callOptionsAreImmutableAndChecked() {
        CallOptions defaults = CallOptions.defaults();
        CallOptions changed =
                defaults.timeout(Duration.ofSeconds(2)).retries(3).detached().trackResources(true);
        assertThat(defaults.timeout()).isEmpty();
        assertThat(defaults.retries()).isZero();
        assertThat(defaults.isDetached()).isFalse();
        assertThat(defaults.trackResources()).isEmpty();
        assertThat(defaults.onProgress()).isEmpty();
        assertThat(changed.timeout()).contains(Duration.ofSeconds(2));
        assertThat(changed.retries()).isEqualTo(3);
        assertThat(changed.isDetached()).isTrue();
        assertThat(changed.trackResources()).contains(true);
        assertThat(changed.toString()).contains("timeout=PT2S", "detached=true", "retries=3");
        assertThatThrownBy(() -> defaults.timeout(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("timeout must be positive, but is PT0S");
        assertThatThrownBy(() -> defaults.retries(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("retries must not be negative, but is -1");
        assertThatThrownBy(() -> defaults.timeout(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> defaults.onProgress(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void mapOptionsAreImmutableAndChecked() {
        MapOptions defaults = MapOptions.defaults();
        CallOptions call = CallOptions.defaults().retries(1);
        MapOptions changed = defaults.maxInFlight(7).collectFailures().call(call);
        assertThat(defaults.maxInFlight()).isEmpty();
        assertThat(defaults.isCollectFailures()).isFalse();
        assertThat(defaults.onCompleted()).isEmpty();
        assertThat(changed.maxInFlight()).hasValue(7);
        assertThat(changed.isCollectFailures()).isTrue();
        assertThat(changed.call()).isSameAs(call);
        assertThatThrownBy(() -> defaults.maxInFlight(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxInFlight must be at least 1, but is 0");
        assertThatThrownBy(() -> defaults.call(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> defaults.onCompleted(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void aPoolRefusesNullsByName() {
        try (FlamePool pool =
                FlamePool.builder("options").backend(LocalBackend.create()).build()) {
            assertThatThrownBy(() -> pool.callAsync((RemoteTask<?, ?>) null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("task");
            assertThatThrownBy(() -> pool.callAsync((RemoteAction<?>) null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("action");
            assertThatThrownBy(() -> pool.place(null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("factory");
            assertThatThrownBy(() -> pool.cast(null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("action");
            assertThatThrownBy(() -> pool.callAsync(() -> "x", null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("options");
            assertThatThrownBy(() -> pool.map(null, Object::toString))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("inputs");
            assertThatThrownBy(() -> pool.map(java.util.List.of(1), null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("function");
            assertThat(pool.stats().runners()).isEmpty();
        }
    }
}
