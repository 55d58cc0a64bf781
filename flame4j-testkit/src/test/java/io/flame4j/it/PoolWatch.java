package io.flame4j.it;

import io.flame4j.PoolListener;
import io.flame4j.RunnerLostException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Notes what a pool tells of its runners. */
final class PoolWatch implements PoolListener {

    final List<RunnerLostException> losses = new CopyOnWriteArrayList<>();
    final List<String> shrinks = new CopyOnWriteArrayList<>();

    @Override
    public void onRunnerLost(String pool, String runnerId, RunnerLostException loss) {
        losses.add(loss);
    }

    @Override
    public void onShrink(String pool, String runnerId, int runners, ShrinkReason reason) {
        shrinks.add(runnerId + " " + reason);
    }
}
