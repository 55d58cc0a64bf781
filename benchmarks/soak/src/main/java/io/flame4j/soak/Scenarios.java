package io.flame4j.soak;

import java.util.ArrayList;
import java.util.List;

/** All scenarios. A new one is a {@link Scenario} in the list of its kind, and a line here when it is of a new kind. */
final class Scenarios {

    private Scenarios() {}

    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        all.addAll(RunnerScenarios.all());
        all.addAll(DiskScenarios.all());
        all.addAll(ParentScenarios.all());
        all.addAll(LinkScenarios.all());
        all.addAll(CallScenarios.all());
        all.addAll(ClusterScenarios.all());
        all.addAll(FuzzScenarios.all());
        return all;
    }
}
