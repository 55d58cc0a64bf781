package io.flame4j.benchmarks;

import io.flame4j.benchmarks.Contender.Item;
import io.flame4j.benchmarks.Contender.Lists;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How long a list of small records takes to a runner and back, captured by a lambda that returns it. */
final class Records implements Bench.Measure {

    static final String METRIC = "10,000 records there and back";

    private static final int SIZE = 10_000;

    @Override
    public String name() {
        return "records";
    }

    @Override
    public void run(Bench bench) throws Exception {
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < SIZE; i++) {
            items.add(new Item(i, "item number " + i, i / 7.0));
        }
        int count = bench.effort().lists();
        try (Sessions sessions = Sessions.start(bench, name(), 1);
                Spinners spinners = Spinners.start()) {
            bench.progress(() -> "records: " + spinners.count() + " spinners keep the CPUs awake");
            Map<String, Lists> lists = sessions.take(Contender.Session::lists);
            sessions.each(lists, (contender, each) -> run(each, items, 3 * count));
            Settled.await(bench, name());
            for (int round = 0; round < bench.effort().rounds(); round++) {
                sessions.each(
                        lists,
                        (contender, each) -> bench.figures()
                                .add(
                                        name(),
                                        METRIC,
                                        contender,
                                        "ms",
                                        run(each, items, count).micros(0.5) / 1e3));
            }
        }
        bench.figures().limit(name(), METRIC, "sock-tcp");
    }

    private static Samples run(Lists lists, List<Item> items, int count) throws Exception {
        return Latency.sample(
                () -> {
                    List<Item> back = lists.run(items);
                    if (back.size() != items.size() || !back.get(SIZE - 1).equals(items.get(SIZE - 1))) {
                        throw new IllegalStateException("another list came back");
                    }
                },
                count);
    }
}
