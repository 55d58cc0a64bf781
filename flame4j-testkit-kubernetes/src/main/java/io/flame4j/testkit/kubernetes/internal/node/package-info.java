/**
 * What a node does with its pods. {@link io.flame4j.testkit.kubernetes.internal.node.PodLoop} has the thread that decides,
 * {@link io.flame4j.testkit.kubernetes.internal.node.NodeApi} the one that talks to the API server.
 */
@NullMarked
package io.flame4j.testkit.kubernetes.internal.node;

import org.jspecify.annotations.NullMarked;
