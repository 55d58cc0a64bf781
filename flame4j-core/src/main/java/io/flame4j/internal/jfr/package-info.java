/** Events for the JDK's Flight Recorder, made of what listeners are told. Loaded only where the runtime has jdk.jfr. */
@NullMarked
package io.flame4j.internal.jfr;

import org.jspecify.annotations.NullMarked;
