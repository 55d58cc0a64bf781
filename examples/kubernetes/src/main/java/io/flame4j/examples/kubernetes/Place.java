package io.flame4j.examples.kubernetes;

import io.flame4j.FlameParent;
import java.io.Serializable;

/**
 * Where something was made.
 *
 * @param runner the id of the runner
 * @param host the pod, or the process where there is none
 */
record Place(String runner, String host) implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Where the code that asks runs. */
    static Place here() {
        String pod = System.getenv("POD_NAME");
        return new Place(
                FlameParent.current().map(FlameParent::runnerId).orElse("the parent"),
                pod == null ? "process " + ProcessHandle.current().pid() : "pod " + pod);
    }
}
