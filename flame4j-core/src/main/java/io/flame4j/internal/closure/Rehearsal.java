package io.flame4j.internal.closure;

import io.flame4j.RemoteTask;
import io.flame4j.codec.Codec;
import io.flame4j.internal.bytes.ByteReader;
import io.flame4j.internal.bytes.ByteWriter;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads and runs a task that does nothing and encodes its result, so that the classes a first call needs are there
 * before it comes. For a thread of a runner that has nothing to do while another one dials.
 */
public final class Rehearsal {

    private static final String HOME = "io/flame4j/internal/closure/Rehearsal";
    private static final String SIGNATURE = "()Ljava/lang/Object;";
    private static final int INVOKE_STATIC = 6;

    private Rehearsal() {}

    /** Does it; a failure means nothing. */
    public static void run(Codec codec, ClassLoader loader) {
        try {
            new ValueEncoder(codec).encodeResult(read(codec, loader).run(null), new ByteWriter());
        } catch (Throwable e) {
            if (e instanceof VirtualMachineError error) {
                throw error;
            }
        }
    }

    static DecodedTask read(Codec codec, ClassLoader loader) throws IOException {
        return new TaskDecoder(codec, loader).decode(new ByteReader(task()));
    }

    /** What {@link TaskEncoder} would make of {@link #reference()}, without the classes that it takes. */
    private static byte[] task() {
        ByteWriter out = new ByteWriter();
        out.writeVarInt(1 << 1);
        out.writeVarInt(1);
        out.writeString(HOME);
        out.writeString("io/flame4j/RemoteTask");
        out.writeString("call");
        out.writeString(SIGNATURE);
        out.writeByte(INVOKE_STATIC);
        out.writeString(HOME);
        out.writeString("nothing");
        out.writeString(SIGNATURE);
        out.writeString(SIGNATURE);
        out.writeVarInt(1);
        out.writeString(HOME.replace('/', '.'));
        // Not its own, for which the jar would have to be opened that an archive of classes has spared the runner.
        out.writeLong(ClassFingerprint.UNKNOWN);
        out.writeByte(0);
        out.writeByte(TaskBody.LAMBDA);
        out.writeVarInt(1);
        out.writeVarInt(0);
        return out.toByteArray();
    }

    /** Never called: makes the compiler list the reference among the serializable ones of this class. */
    static RemoteTask<@Nullable Object, RuntimeException> reference() {
        return Rehearsal::nothing;
    }

    private static @Nullable Object nothing() {
        return null;
    }
}
