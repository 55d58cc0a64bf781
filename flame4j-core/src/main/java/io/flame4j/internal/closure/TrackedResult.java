package io.flame4j.internal.closure;

import java.util.List;

/** What {@link ValueEncoder#encodeTracked} found in the graph; empty when there was nothing to track. */
public record TrackedResult(List<TrackedOriginal> originals) {}
