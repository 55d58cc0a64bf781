package io.flame4j.benchmarks.peers;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** A closure as each library here can carry it. */
@FunctionalInterface
interface Job extends Serializable {
    @Nullable
    Object run() throws Exception;
}
