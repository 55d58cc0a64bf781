package io.flame4j.internal.pool;

import io.flame4j.PoolListener.ShrinkReason;
import io.flame4j.internal.pool.PoolScheduler.Runner;
import io.flame4j.internal.pool.PoolScheduler.State;

/** The ways in which a runner leaves a {@link PoolScheduler}. What that calls for is settled by the scheduler. */
final class Departures {

    private final Fleet fleet;
    private final Sizing sizing;
    private final Decisions<?> decisions;
    private final boolean idleCheck;

    private long failedBoots;
    private long cancelledBoots;
    private long lost;

    Departures(Fleet fleet, Sizing sizing, Decisions<?> decisions, boolean idleCheck) {
        this.fleet = fleet;
        this.sizing = sizing;
        this.decisions = decisions;
        this.idleCheck = idleCheck;
    }

    long failedBoots() {
        return failedBoots;
    }

    long cancelledBoots() {
        return cancelledBoots;
    }

    long lost() {
        return lost;
    }

    void failBoot(Runner runner, long now) {
        failedBoots++;
        fleet.retire(runner, State.ENDING);
        sizing.bootFailed(runner, now);
    }

    void cancelBoot(Runner runner) {
        cancelledBoots++;
        fleet.retire(runner, State.ENDING);
        decisions.cancelBoot(runner);
    }

    /** The runner is no more, or out of reach. Nothing new if it was to end anyway. */
    void lose(Runner runner, long now) {
        end(runner, now);
        if (runner.unexplained) {
            runner.unexplained = false;
            lost++;
        }
    }

    /** The runner is no more. Whether that is a loss is still to be found out: then {@link #lose} follows. */
    void end(Runner runner, long now) {
        switch (runner.state) {
            case BOOTING -> failBoot(runner, now);
            case READY, DRAINING -> {
                runner.unexplained = true;
                sizing.deserted(runner, now);
                fleet.retire(runner, State.ENDING);
            }
            case ENDING, GONE -> {}
        }
    }

    /** The runner said that it takes no more calls. */
    void announce(Runner runner, ShrinkReason reason, long now) {
        if (runner.state == State.BOOTING) {
            failBoot(runner, now);
            decisions.cancelBoot(runner);
        } else if (runner.state == State.READY) {
            sizing.deserted(runner, now);
            drainOrStop(runner, reason);
        }
    }

    /** As {@link #announce}, but decided here, so that the shell has to be told. */
    void dismiss(Runner runner, ShrinkReason reason) {
        if (runner.state == State.BOOTING) {
            cancelBoot(runner);
        } else if (runner.state == State.READY) {
            drainOrStop(runner, reason);
            if (runner.state == State.DRAINING) {
                decisions.drain(runner, reason);
            }
        }
    }

    private void drainOrStop(Runner runner, ShrinkReason reason) {
        if (runner.busy == 0) {
            stop(runner, reason);
        } else {
            runner.shrinkReason = reason;
            fleet.retire(runner, State.DRAINING);
        }
    }

    /** A slot of a draining runner is free. */
    void freeSlot(Runner runner) {
        runner.busy--;
        if (runner.busy == 0) {
            stop(runner, runner.shrinkReason);
        }
    }

    void stop(Runner runner, ShrinkReason reason) {
        fleet.retire(runner, State.ENDING);
        decisions.stop(runner, reason);
    }

    void cancelSurplusBoots(int waiting) {
        Runner youngest = fleet.youngestBoot();
        while (youngest != null && sizing.isBootSurplus(waiting)) {
            cancelBoot(youngest);
            youngest = fleet.youngestBoot();
        }
    }

    void shrinkToMax() {
        while (fleet.live() > sizing.max()) {
            Runner boot = fleet.youngestBoot();
            Runner victim = boot != null ? boot : fleet.easiestToSpare();
            if (victim == null) {
                throw new IllegalStateException("no runner to spare among " + fleet.live());
            }
            dismiss(victim, ShrinkReason.RESIZED);
        }
    }

    /** Stops those that have idled long enough, or asks them whether it may. */
    void stopIdle(long now) {
        Runner longestIdle = fleet.longestIdle();
        while (longestIdle != null && sizing.idleDue(longestIdle) <= now) {
            if (idleCheck) {
                fleet.checkAsked(longestIdle);
                decisions.askIdleCheck(longestIdle);
            } else {
                stopIdle(longestIdle);
            }
            longestIdle = fleet.longestIdle();
        }
    }

    void idleCheckAnswered(Runner runner, boolean mayStop, long now) {
        if (runner.state != State.READY || !runner.checkPending) {
            return;
        }
        fleet.checkAnswered(runner);
        if (runner.busy > 0) {
            return;
        }
        boolean unused = runner.served == runner.servedWhenAsked;
        if (mayStop && unused && sizing.idleDue(runner) <= now) {
            stopIdle(runner);
        } else {
            fleet.rest(runner, now);
        }
    }

    private void stopIdle(Runner runner) {
        sizing.idleStop();
        stop(runner, ShrinkReason.IDLE);
    }
}
