package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flame4j.CallListener;
import io.flame4j.CallReport;
import io.flame4j.FlamePool;
import io.flame4j.NamedTask;
import io.flame4j.PoolListener;
import io.flame4j.RemoteAction;
import io.flame4j.RemoteTask;
import io.flame4j.ResultSerializationException;
import io.flame4j.RunnerLostException;
import io.flame4j.TaskSerializationException;
import io.flame4j.testkit.FaultyBackend;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Tasks that say how they are called are called so wherever people read it. */
class NamedTaskTest extends PoolTests {

    /** As a framework makes them: one class for whatever its users call. */
    record Dispatch(String taskName, Object value) implements RemoteTask<Object, Exception>, NamedTask {

        @Override
        public String retriesSetting() {
            return "the attribute retries";
        }

        @Override
        public Object call() throws Exception {
            if (value instanceof Gate gate) {
                gate.pass("");
            }
            return value instanceof String ? new Object() : List.of();
        }
    }

    record Cast(String taskName) implements RemoteAction<Exception>, NamedTask {
        @Override
        public void run() {
            throw new IllegalStateException("out of paint");
        }
    }

    private final FaultyBackend backend = new FaultyBackend();

    @Test
    void reportsAndCastsThatFail() {
        List<String> heard = new CopyOnWriteArrayList<>();
        FlamePool pool = start(on(backend).max(1).listener(new PoolListener() {
            @Override
            public CallListener onCall(String pool) {
                return new CallListener() {
                    @Override
                    public void onEnd(CallReport report) {
                        heard.add("end of " + report.task());
                    }
                };
            }

            @Override
            public void onCastFailed(String pool, String task, Throwable failure) {
                heard.add(task + " failed: " + failure.getMessage());
            }
        }));

        pool.cast(new Cast("darkroom.warmUp"));

        eventually(() -> assertThat(heard).contains("end of darkroom.warmUp", "darkroom.warmUp failed: out of paint"));
    }

    @Test
    void whatCannotTravelThereOrBack() {
        FlamePool pool = start(on(backend).max(1));

        assertThatExceptionOfType(TaskSerializationException.class)
                .isThrownBy(() -> pool.call(new Dispatch("darkroom.develop", new Object())))
                .withMessageStartingWith("The task cannot travel to a runner: darkroom.develop holds");
        assertThatExceptionOfType(ResultSerializationException.class)
                .isThrownBy(() -> pool.call(new Dispatch("darkroom.develop", "x")))
                .withMessageStartingWith("Pool '" + pool.name() + "', runner " + pool.name()
                        + "-1, darkroom.develop: The task ran, but");
    }

    @Test
    void theAdviceAfterALossNamesTheSettingOfTheFramework() throws Exception {
        FlamePool pool = start(on(backend).max(1));
        Gate gate = Gate.create();
        CompletableFuture<Object> call = pool.callAsync(new Dispatch("darkroom.develop", gate));
        eventually(() -> assertThat(gate.arrived()).isOne());

        backend.kill(pool.name() + "-1");

        assertThatThrownBy(call::join)
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOf(RunnerLostException.class)
                .hasMessageContaining("use the attribute retries for tasks that are safe to repeat");
        gate.open();
    }
}
