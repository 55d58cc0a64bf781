/**
 * Not for use outside flame4j: from the parent's pod and the user's options to the pod of a runner. Everything here is
 * pure: nothing talks to an API server, reads the environment or asks for the time, apart from
 * {@link io.flame4j.kubernetes.internal.pods.ParentJvm#ofThisProcess()}. Changes without notice.
 *
 * <p>A pod is put together in layers, each over the last: what is inherited ({@code InheritedPod}), the manifest
 * ({@code Trees}), the builder's options ({@code OptionLayer}), the user's last word, and the fields that a runner cannot
 * do without ({@code ForcedFields}). {@code RunnerPods} has the order.
 */
@NullMarked
package io.flame4j.kubernetes.internal.pods;

import org.jspecify.annotations.NullMarked;
