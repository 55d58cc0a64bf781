package io.flame4j.codec;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Turns captured values, arguments, results and progress values into bytes and back.
 *
 * <p>Common leaf values (null, boxed primitives, strings, arrays of primitives) and the identity of lambdas never reach
 * a codec; exceptions always travel by JDK serialization. The runner makes its own instance with the public no-argument
 * constructor. Implementations are thread-safe.
 *
 * <p>On a parent a codec reads what a runner sent, which may have been taken over: it has to ask the filter of its
 * {@link DecodeContext} before it makes an object. A codec that cannot leaves results to another, {@link #resultCodec()}, and
 * refuses to decode what is not {@link DecodeContext#fromParent()}. A codec that wraps another one hands on both: the
 * context, and the other's {@code resultCodec()}, wrapped or not.
 *
 * @since 0.1
 */
public interface Codec {

    /**
     * JDK serialization, with the fingerprints of application classes compared on the way: the default.
     *
     * @return the codec
     */
    static Codec jdk() {
        return new JdkCodec();
    }

    /**
     * Writes a value.
     *
     * @param value the value, not null
     * @param out where to; need not be flushed or closed
     * @throws IOException when the value cannot be encoded; {@link java.io.NotSerializableException} with the class
     *     name as message when a class is the reason
     */
    void encode(Object value, OutputStream out) throws IOException;

    /**
     * Reads a value.
     *
     * @param in where from; ends with the value
     * @param context the class loader and the guard to use
     * @return the value
     * @throws IOException when the bytes are malformed or refused
     * @throws ClassNotFoundException when a class is missing
     */
    @Nullable
    Object decode(InputStream in, DecodeContext context) throws IOException, ClassNotFoundException;

    /**
     * The codec for what runners send, results and progress values: written there and read by the parent. A codec that
     * cannot guard its reader gives {@link #jdk()}, and is then used for tasks and their arguments alone, which a runner
     * has to trust anyway. Asked for once by each side. Default: this codec.
     *
     * @return the codec
     * @since 0.1
     */
    default Codec resultCodec() {
        return this;
    }
}
