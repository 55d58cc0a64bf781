package io.flame4j;

import java.io.Serializable;

/**
 * A value that stands for something that lives on the runner: a file there, a process, a loaded model.
 *
 * <p>When a call runs with tracking on ({@link FlamePoolBuilder#trackResources(boolean)} or
 * {@link CallOptions#trackResources(boolean)}) and the result graph holds such objects, the runner keeps the originals
 * and its slot stays occupied until the caller has closed every handle, or is gone. For a thing that cannot implement
 * this interface use {@link RunnerContext#track(Object)}.
 *
 * @since 0.1
 */
public interface Trackable extends Serializable {

    /**
     * Called on the parent on the copy that arrived in the result, before the call returns: keep the handle, and close
     * it when the resource is no longer needed.
     *
     * @param handle the tie to the original
     */
    void tracked(TrackedHandle handle);

    /**
     * Called on the runner on the original, when the parent closed its handle or is gone. What it throws is logged.
     *
     * @throws Exception is logged on the runner
     */
    default void released() throws Exception {}
}
