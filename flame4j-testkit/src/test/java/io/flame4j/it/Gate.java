package io.flame4j.it;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where tasks on local runners wait for the test, and leave notes for it. It travels as its number: its state is static,
 * which local runners share with the test.
 */
record Gate(int number) implements Serializable {

    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final Map<Integer, State> STATES = new ConcurrentHashMap<>();

    private static final class State {
        private final CountDownLatch open = new CountDownLatch(1);
        private final AtomicInteger arrived = new AtomicInteger();
        private final AtomicInteger inside = new AtomicInteger();
        private final List<Object> notes = new CopyOnWriteArrayList<>();
    }

    static Gate create() {
        int number = NUMBERS.incrementAndGet();
        STATES.put(number, new State());
        return new Gate(number);
    }

    private State state() {
        return STATES.get(number);
    }

    /** Waits until the test opens the gate; returns what was given. */
    <T> T pass(T value) throws InterruptedException {
        State state = state();
        state.arrived.incrementAndGet();
        state.inside.incrementAndGet();
        try {
            state.open.await();
            return value;
        } finally {
            state.inside.decrementAndGet();
        }
    }

    /** Waits until so many have arrived here, and returns what was given. */
    <T> T meet(int count, T value) throws InterruptedException {
        State state = state();
        if (state.arrived.incrementAndGet() >= count) {
            state.open.countDown();
        }
        state.open.await();
        return value;
    }

    /** Leaves a note; returns how many there are now. */
    int note(Object what) {
        List<Object> notes = state().notes;
        notes.add(what);
        return notes.size();
    }

    List<Object> notes() {
        return List.copyOf(state().notes);
    }

    int arrived() {
        return state().arrived.get();
    }

    /** How many wait here now. */
    int inside() {
        return state().inside.get();
    }

    void open() {
        state().open.countDown();
    }

    boolean isOpen() {
        return state().open.getCount() == 0;
    }
}
