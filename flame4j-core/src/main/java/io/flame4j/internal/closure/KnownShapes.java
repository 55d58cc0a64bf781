package io.flame4j.internal.closure;

/**
 * Which closure shapes the runner at the other end of one slot connection has been told about. Belongs to the parent's
 * end of that connection, is used by one thread at a time, and ends with the connection: whatever was written with it
 * must be sent, or the connection closed.
 */
public final class KnownShapes {
    public KnownShapes() {}
}
