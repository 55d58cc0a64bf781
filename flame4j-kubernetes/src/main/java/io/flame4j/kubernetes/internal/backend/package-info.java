/**
 * The backend at work: finds the parent's own pod, creates pods, follows them, and removes them. What a pod is like is
 * decided in {@code internal.pods}, what its state means in {@code internal.diagnosis}, how the API server is talked to in
 * {@code internal.api}.
 */
@NullMarked
package io.flame4j.kubernetes.internal.backend;

import org.jspecify.annotations.NullMarked;
