package io.flame4j.kubernetes.internal.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Pod;
import io.flame4j.backend.NoRoomException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class RoomGateTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final RoomGate gate = new RoomGate("thumbs", 2, "me");

    @Test
    void boots_go_on_while_there_is_room() throws Exception {
        gate.changed(TestPods.runner("thumbs-1", "other", "1"));

        take(gate, "thumbs-1");
        gate.changed(TestPods.runner("thumbs-1", "me", "2"));

        assertThat(gate.isWithin("thumbs-1", LONG)).isTrue();
    }

    @Test
    void boots_wait_until_a_pod_of_any_replica_has_ended() throws Exception {
        Pod first = TestPods.runner("thumbs-1", "other", "1");
        gate.changed(first);
        gate.changed(TestPods.runner("thumbs-2", "other", "2"));
        Started waiting = waiting(gate::awaitRoom);

        gate.changed(TestPods.terminated(first, 0));
        finish(waiting);
    }

    @Test
    void boots_wait_until_a_pod_is_gone_too() throws Exception {
        Pod first = TestPods.runner("thumbs-1", "other", "1");
        gate.changed(first);
        gate.changed(TestPods.runner("thumbs-2", "other", "2"));
        Started waiting = waiting(gate::awaitRoom);

        gate.gone(first);
        finish(waiting);
    }

    @Test
    void pods_that_are_being_created_take_room_until_they_are_seen_or_given_up() throws Exception {
        take(gate, "thumbs-1");
        take(gate, "thumbs-2");
        Started third = waiting(() -> take(gate, "thumbs-3"));

        gate.leave("thumbs-2");
        finish(third);
    }

    @Test
    void who_comes_too_late_is_told() throws Exception {
        take(gate, "thumbs-1");
        gate.changed(TestPods.runner("thumbs-1", "other", "1"));
        gate.changed(TestPods.runner("thumbs-2", "other", "2"));
        gate.changed(TestPods.runner("thumbs-1", "me", "3"));

        assertThat(gate.isWithin("thumbs-1", LONG)).isFalse();
    }

    @Test
    void who_was_first_stays_whoever_comes_later() throws Exception {
        take(gate, "thumbs-1");
        gate.changed(TestPods.runner("thumbs-1", "me", "1"));
        gate.changed(TestPods.runner("thumbs-1", "other", "2"));
        gate.changed(TestPods.runner("thumbs-2", "other", "3"));
        gate.changed(TestPods.inPhase(TestPods.runner("thumbs-1", "me", "1"), "Running"));

        assertThat(gate.isWithin("thumbs-1", LONG)).isTrue();
    }

    @Test
    void a_pod_that_is_never_heard_of_is_not_taken_for_within() throws Exception {
        take(gate, "thumbs-1");

        assertThatThrownBy(() -> gate.isWithin("thumbs-1", Duration.ofMillis(1)))
                .isInstanceOf(TimeoutException.class);
    }

    @Test
    void waiting_can_be_interrupted() throws Exception {
        take(gate, "thumbs-1");
        take(gate, "thumbs-2");
        CountDownLatch interrupted = new CountDownLatch(1);
        Started waiting = waiting(() -> {
            try {
                gate.awaitRoom();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });

        waiting.thread().interrupt();
        interrupted.await();
    }

    /** Many replicas against one order of events: at no point do more than the bound believe that they may stay. */
    @Test
    void replicas_agree_whatever_they_do_when() throws Exception {
        long seed = Long.getLong("flame4j.seed", 20_261_127L);
        Random random = new Random(seed);
        List<RoomGate> replicas = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            replicas.add(new RoomGate("thumbs", 3, "life-" + i));
        }
        List<Pod> staying = new ArrayList<>();
        int created = 0;
        for (int step = 0; step < 2_000; step++) {
            if (!staying.isEmpty() && random.nextInt(3) == 0) {
                Pod ended = staying.remove(random.nextInt(staying.size()));
                replicas.forEach(each -> each.gone(ended));
                continue;
            }
            // Any number of replicas create at once, all taking the same room for free; the server orders them.
            List<Pod> born = new ArrayList<>();
            for (int i = 0; i < replicas.size(); i++) {
                if (random.nextBoolean() && staying.size() < 3) {
                    take(replicas.get(i), "thumbs-" + i);
                    born.add(TestPods.runner("thumbs-" + i, "life-" + i, String.valueOf(created++)));
                }
            }
            for (Pod pod : born) {
                replicas.forEach(each -> each.changed(pod));
            }
            for (Pod pod : born) {
                String runner = pod.getMetadata().getLabels().get("flame4j.io/runner");
                RoomGate its = replicas.get(Integer.parseInt(runner.substring(7)));
                if (its.isWithin(runner, LONG)) {
                    staying.add(pod);
                } else {
                    replicas.forEach(each -> each.gone(pod));
                }
                its.leave(runner);
            }
            assertThat(staying).as("seed %s, step %s", seed, step).hasSizeLessThanOrEqualTo(3);
        }
        assertThat(created).as("seed %s", seed).isGreaterThan(500);
    }

    @Test
    void who_was_not_told_of_room_may_not_enter() {
        assertThatThrownBy(() -> gate.enter("thumbs-1")).isInstanceOf(NoRoomException.class);
    }

    @Test
    void room_is_kept_for_those_who_were_told_of_it_until_they_give_it_back_or_end() throws Exception {
        gate.awaitRoom();
        // On a thread that has ended by then: room is nobody's for that reason.
        finish(start(gate::awaitRoom));
        gate.awaitRoom();
        Started third = waiting(() -> {
            take(gate, "thumbs-3");
            take(gate, "thumbs-4");
        });

        gate.giveBack();
        finish(third);
    }

    @Test
    void what_becomes_of_a_refused_pod_says_nothing_of_the_next_one() throws Exception {
        take(gate, "thumbs-1");
        Pod refused = TestPods.runner("thumbs-1", "me", "1");
        gate.refuse(refused);
        gate.changed(refused);
        assertThatThrownBy(() -> gate.isWithin("thumbs-1", Duration.ofMillis(1)))
                .isInstanceOf(TimeoutException.class);

        gate.gone(refused);
        gate.changed(TestPods.runner("thumbs-1", "me", "2"));

        assertThat(gate.isWithin("thumbs-1", LONG)).isTrue();
    }

    @Test
    void in_a_list_all_pods_count_whatever_their_order() throws Exception {
        take(gate, "thumbs-1");
        gate.listBegins();
        gate.changed(TestPods.runner("thumbs-1", "me", "1"));
        gate.changed(TestPods.runner("thumbs-1", "other", "2"));
        gate.changed(TestPods.runner("thumbs-2", "other", "3"));
        gate.listed();

        assertThat(gate.isWithin("thumbs-1", LONG)).isFalse();
    }

    private static void take(RoomGate gate, String runnerId) throws InterruptedException {
        gate.awaitRoom();
        gate.enter(runnerId);
    }

    private interface Blocking {
        void run() throws InterruptedException;
    }

    private record Started(Thread thread, Future<?> result) {}

    private static Started start(Blocking work) {
        FutureTask<?> task = new FutureTask<>(() -> {
            work.run();
            return null;
        });
        Thread thread = new Thread(task, "room-gate-test");
        thread.setDaemon(true);
        thread.start();
        return new Started(thread, task);
    }

    /** What a thread does that has come to wait. */
    private static Started waiting(Blocking work) {
        Started started = start(work);
        Awaitility.await()
                .atMost(30, TimeUnit.SECONDS)
                .until(() -> started.thread().getState() == Thread.State.TIMED_WAITING);
        return started;
    }

    /** Waits until it is done, and throws what it has thrown. */
    private static void finish(Started work) throws Exception {
        work.result().get(30, TimeUnit.SECONDS);
    }
}
