package io.flame4j.examples.thumbnails;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which runner did what, when. All times are seconds since the beginning.
 *
 * @param lanes one for each runner, in the order of boots
 * @param length where the last thing ends
 */
record Timeline(List<Lane> lanes, double length) {

    /** What kind of call a bar is. */
    enum Kind {
        /** A sample picture was rendered. */
        SAMPLE,
        /** A picture was examined. */
        PICTURE,
        /** A picture turned out to be damaged. */
        DAMAGED
    }

    /**
     * A call that was made.
     *
     * @param label what it worked on
     * @param kind what it did
     * @param work where and when
     */
    record Call(String label, Kind kind, Work work) {}

    /**
     * A call as a bar of a lane.
     *
     * @param label what it worked on
     * @param kind what it did
     * @param start its left edge
     * @param end its right edge
     * @param slot which row of the lane, from 0
     */
    record Bar(String label, Kind kind, double start, double end, int slot) {}

    /**
     * A runner.
     *
     * @param runner its id
     * @param boot when its boot began, when that is known
     * @param ready when it was ready, if it ever was
     * @param end when it ended; the end of the timeline when it has not
     * @param ending why it ended, if it did
     * @param slots how many rows there are: the most calls at a time, at least 1
     * @param bars its calls, by start
     */
    record Lane(
            String runner,
            @Nullable Double boot,
            @Nullable Double ready,
            double end,
            RunnerLog.@Nullable Ending ending,
            int slots,
            List<Bar> bars) {}

    /** Puts together what the parent saw of the runners and what the runners told of the calls. */
    static Timeline of(Instant beginning, List<RunnerLog.Life> lives, List<Call> calls) {
        Map<String, List<Call>> byRunner = new LinkedHashMap<>();
        lives.forEach(life -> byRunner.put(life.id(), new ArrayList<>()));
        // Calls of a runner that no event told of have a lane, too: a backend may run tasks in the parent itself.
        calls.forEach(call -> byRunner.computeIfAbsent(call.work().runner(), id -> new ArrayList<>())
                .add(call));
        Map<String, RunnerLog.Life> lifeOf = new LinkedHashMap<>();
        lives.forEach(life -> lifeOf.put(life.id(), life));

        double length = 0;
        for (RunnerLog.Life life : lives) {
            length = Math.max(length, seconds(beginning, life.end() == null ? life.boot() : life.end()));
        }
        for (Call call : calls) {
            length = Math.max(length, seconds(beginning, call.work().end()));
        }
        List<Lane> lanes = new ArrayList<>();
        for (Map.Entry<String, List<Call>> entry : byRunner.entrySet()) {
            lanes.add(lane(beginning, entry.getKey(), lifeOf.get(entry.getKey()), entry.getValue(), length));
        }
        return new Timeline(List.copyOf(lanes), length);
    }

    private static Lane lane(
            Instant beginning, String runner, RunnerLog.@Nullable Life life, List<Call> calls, double length) {
        List<Double> slotEnds = new ArrayList<>();
        List<Bar> bars = new ArrayList<>();
        List<Call> inOrder = new ArrayList<>(calls);
        inOrder.sort(Comparator.comparing(call -> call.work().start()));
        for (Call call : inOrder) {
            double start = seconds(beginning, call.work().start());
            double end = seconds(beginning, call.work().end());
            int slot = 0;
            while (slot < slotEnds.size() && slotEnds.get(slot) > start) {
                slot++;
            }
            if (slot == slotEnds.size()) {
                slotEnds.add(end);
            } else {
                slotEnds.set(slot, end);
            }
            bars.add(new Bar(call.label(), call.kind(), start, end, slot));
        }
        int slots = Math.max(1, slotEnds.size());
        if (life == null) {
            double last = slotEnds.stream().mapToDouble(end -> end).max().orElse(length);
            return new Lane(runner, null, null, last, null, slots, List.copyOf(bars));
        }
        Double ready = life.ready() == null ? null : seconds(beginning, life.ready());
        double end = life.end() == null ? length : seconds(beginning, life.end());
        return new Lane(runner, seconds(beginning, life.boot()), ready, end, life.ending(), slots, List.copyOf(bars));
    }

    private static double seconds(Instant beginning, Instant when) {
        return Duration.between(beginning, when).toNanos() / 1e9;
    }
}
