/**
 * Runs runners as pods, which are made from the parent's own pod. {@link io.flame4j.kubernetes.KubernetesBackend} is
 * where to begin.
 */
@NullMarked
package io.flame4j.kubernetes;

import org.jspecify.annotations.NullMarked;
