package io.flame4j.internal.closure;

import io.flame4j.Trackable;

/** A trackable object in a result, on the parent: the id of the original on the runner, and the copy that arrived. */
public record TrackedEntry(long id, Trackable copy) {}
