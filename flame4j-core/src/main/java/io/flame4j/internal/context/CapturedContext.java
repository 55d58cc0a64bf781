package io.flame4j.internal.context;

import io.flame4j.CallListener;
import io.flame4j.internal.bytes.ByteWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the propagators of a pool captured for one call. What of it travels may be sent several times. */
public final class CapturedContext {

    private final int sections;
    private final @Nullable ByteWriter bytes;
    private final List<CallListener> followers;
    private final @Nullable Throwable failure;

    CapturedContext(
            int sections, @Nullable ByteWriter bytes, List<CallListener> followers, @Nullable Throwable failure) {
        this.sections = sections;
        this.bytes = bytes;
        this.followers = followers;
        this.failure = failure;
    }

    /** Whether anything of it travels. */
    public boolean travels() {
        return bytes != null;
    }

    /** Writes what travels. */
    public void writeTo(ByteWriter out) {
        if (bytes != null) {
            out.writeVarInt(sections);
            out.append(bytes);
        }
    }

    /** Who wants to hear of the call. They are to hear of its end, even if it ends here. */
    public List<CallListener> followers() {
        return followers;
    }

    /** Why the call must not be made, a {@link RuntimeException} or an {@link Error}; or null. */
    public @Nullable Throwable failure() {
        return failure;
    }
}
