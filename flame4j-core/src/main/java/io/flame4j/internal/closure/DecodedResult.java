package io.flame4j.internal.closure;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A result and the trackable objects in it. */
public record DecodedResult(@Nullable Object value, List<TrackedEntry> tracked) {}
