/**
 * Not for use outside flame4j: the checks of {@link io.flame4j.kubernetes.Doctor}, one class each. {@code Checkup} says in
 * which order. What decides is pure; {@code Lookups}, {@code AddressCheck} and {@code TrialRun} do the I/O. Changes without
 * notice.
 */
@NullMarked
package io.flame4j.kubernetes.internal.doctor;

import org.jspecify.annotations.NullMarked;
