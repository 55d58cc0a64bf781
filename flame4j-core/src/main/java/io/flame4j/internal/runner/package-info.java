/** What runs in the short-lived JVM: connecting, slots, deadlines, draining. */
@NullMarked
package io.flame4j.internal.runner;

import org.jspecify.annotations.NullMarked;
