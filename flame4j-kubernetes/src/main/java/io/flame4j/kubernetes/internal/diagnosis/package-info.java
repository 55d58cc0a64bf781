/**
 * Not for use outside flame4j: why a runner's pod does not come up, and why it ended. Everything here is a pure function
 * of the pod as the API server shows it; nothing asks for the time or talks to anybody. Changes without notice.
 *
 * <p>{@code PodView} fills the gaps of a pod's object. {@code Waiting} explains a container that does not start,
 * {@code Ended} one that has ended, {@code PodEnd} a pod that the cluster ended. {@code BootDiagnosis} and
 * {@code EndDiagnosis} put these together. Clauses have the runner as their subject, which is not named, and end without
 * a full stop.
 */
@NullMarked
package io.flame4j.kubernetes.internal.diagnosis;

import org.jspecify.annotations.NullMarked;
