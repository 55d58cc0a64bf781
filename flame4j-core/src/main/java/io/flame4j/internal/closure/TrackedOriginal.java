package io.flame4j.internal.closure;

import io.flame4j.Trackable;

/** A trackable object in a result, on the runner. */
public record TrackedOriginal(long id, Trackable original) {}
