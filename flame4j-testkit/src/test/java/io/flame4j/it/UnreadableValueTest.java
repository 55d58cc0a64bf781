package io.flame4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.CallOptions;
import io.flame4j.FlameParent;
import io.flame4j.RunnerContext;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Values that were written well and cannot be read: the call fails, and the connection that carried them goes on. */
class UnreadableValueTest extends PoolTestBase {

    enum Failure {
        CHECKED,
        RUNTIME,
        OVERFLOW,
        MEMORY,
        LINKAGE
    }

    /** Fails when it is read by the parent, or by a runner. The bytes after it stay unread. */
    static class Poison implements Serializable {
        private static final long serialVersionUID = 1L;

        private final Failure failure;
        private final boolean onRunner;

        @SuppressWarnings("unused")
        private final byte[] after = new byte[100_000];

        Poison(Failure failure, boolean onRunner) {
            this.failure = failure;
            this.onRunner = onRunner;
        }

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            if (FlameParent.current().isPresent() == onRunner) {
                fail(failure);
            }
        }
    }

    /** The same for what a task throws. */
    static final class PoisonException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("unused")
        private final Poison poison;

        PoisonException(Failure failure) {
            super("poison");
            this.poison = new Poison(failure, false);
        }
    }

    private static void fail(Failure failure) throws IOException {
        switch (failure) {
            case CHECKED -> throw new IOException("poison");
            case RUNTIME -> throw new IllegalStateException("poison");
            case OVERFLOW -> throw new StackOverflowError("poison");
            case MEMORY -> throw new OutOfMemoryError("poison");
            case LINKAGE -> throw new NoClassDefFoundError("poison");
        }
    }

    private long startWithOneSlot() {
        start(Backends.PROCESS_UNIX.pool().max(1).maxConcurrency(1));
        return pool.call(Jobs::pid);
    }

    private void assertGoesOn(long pid) {
        for (int i = 0; i < 3; i++) {
            assertThat(pool.<Long, RuntimeException>call(Jobs::pid)).isEqualTo(pid);
        }
        assertThat(watch.losses).isEmpty();
        awaitStats("the slot to be free", stats -> stats.busySlots() == 0);
    }

    @ParameterizedTest
    @EnumSource
    void aResultThatTheParentCannotRead(Failure failure) {
        long pid = startWithOneSlot();
        Throwable seen = failureOf(pool.callAsync(() -> new Object[] {new Poison(failure, false), "more"}));
        assertThat(seen).hasStackTraceContaining("poison");
        assertGoesOn(pid);
    }

    @ParameterizedTest
    @EnumSource
    void aFailureThatTheParentCannotRead(Failure failure) {
        long pid = startWithOneSlot();
        Throwable seen = failureOf(pool.callAsync(() -> {
            throw new PoisonException(failure);
        }));
        assertThat(seen).hasStackTraceContaining("poison");
        assertGoesOn(pid);
    }

    @ParameterizedTest
    @EnumSource
    void progressThatTheParentCannotRead(Failure failure) {
        long pid = startWithOneSlot();
        CompletableFuture<String> call = pool.callAsync(
                () -> {
                    RunnerContext.current().progress(new Poison(failure, false));
                    return "done";
                },
                CallOptions.defaults().onProgress(value -> {}));
        if (failure == Failure.MEMORY) {
            assertThat(failureOf(call)).isExactlyInstanceOf(OutOfMemoryError.class);
        } else {
            assertThat(valueOf(call)).isEqualTo("done");
        }
        assertGoesOn(pid);
    }

    @ParameterizedTest
    @EnumSource
    void anArgumentThatTheRunnerCannotRead(Failure failure) {
        long pid = startWithOneSlot();
        Poison poison = new Poison(failure, true);
        Throwable seen = failureOf(pool.callAsync(() -> poison.failure));
        assertThat(seen).hasStackTraceContaining(failure == Failure.OVERFLOW ? "too deeply" : "poison");
        if (failure == Failure.MEMORY) {
            // The runner may have no memory left, and is replaced.
            assertThat(pool.<Long, RuntimeException>call(Jobs::pid)).isNotEqualTo(pid);
        } else {
            assertGoesOn(pid);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aProgressListenerThatFailsHarmsNobody(Failure failure) {
        long pid = startWithOneSlot();
        CompletableFuture<String> call = pool.callAsync(
                () -> {
                    RunnerContext.current().progress("step");
                    return "done";
                },
                CallOptions.defaults().onProgress(value -> {
                    try {
                        fail(failure);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }));
        if (failure == Failure.MEMORY) {
            assertThat(failureOf(call)).isExactlyInstanceOf(OutOfMemoryError.class);
        } else {
            assertThat(valueOf(call)).isEqualTo("done");
        }
        assertGoesOn(pid);
    }
}
