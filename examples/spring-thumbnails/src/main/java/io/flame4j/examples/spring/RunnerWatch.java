package io.flame4j.examples.spring;

import io.flame4j.CallListener;
import io.flame4j.PoolListener;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Says which runner takes a call, as soon as it does: the starter gives this bean to its pools as their listener. */
@Component
class RunnerWatch implements PoolListener {

    private final ThreadLocal<@Nullable Consumer<String>> curious = new ThreadLocal<>();

    /** Makes a call on this thread, and tells where it goes. */
    <T> T call(Callable<T> call, Consumer<String> onRunner) throws Exception {
        curious.set(onRunner);
        try {
            return call.call();
        } finally {
            curious.remove();
        }
    }

    @Override
    public @Nullable CallListener onCall(String pool) {
        Consumer<String> onRunner = curious.get();
        return onRunner == null
                ? null
                : new CallListener() {
                    @Override
                    public void onSent(String runnerId) {
                        onRunner.accept(runnerId);
                    }
                };
    }
}
