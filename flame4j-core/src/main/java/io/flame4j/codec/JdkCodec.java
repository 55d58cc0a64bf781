package io.flame4j.codec;

import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Placeholder until the closure room lands. */
public final class JdkCodec implements Codec {
    @Override
    public void encode(Object value, OutputStream out) throws IOException {
        new ObjectOutputStream(out).writeObject(value);
    }

    @Override
    public @Nullable Object decode(InputStream in, DecodeContext context) throws IOException, ClassNotFoundException {
        return new ObjectInputStream(in).readObject();
    }
}
