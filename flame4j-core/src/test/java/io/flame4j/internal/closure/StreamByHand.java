package io.flame4j.internal.closure;

import io.flame4j.internal.bytes.ByteWriter;
import java.io.ObjectStreamClass;
import java.io.ObjectStreamConstants;

/** A result as a runner that was taken over would write it: the JDK's format, put together by hand. */
final class StreamByHand {

    private StreamByHand() {}

    /** An object without fields of a class; no such object has to exist anywhere. */
    static byte[] result(Class<?> type) {
        ByteWriter stream = new ByteWriter();
        stream.writeInt(0);
        object(type, stream);
        return coded(stream);
    }

    /** As a task's exception that is no such thing. */
    static byte[] failure(Class<?> type) {
        ByteWriter stream = new ByteWriter();
        stream.writeInt(0);
        object(type, stream);
        ByteWriter out = new ByteWriter();
        out.writeString("java.lang.IllegalStateException");
        out.writeBoolean(true);
        out.writeString("sold out");
        out.writeString("java.lang.IllegalStateException: sold out\n\tat com.acme.Shop.sell(Shop.java:42)\n");
        out.writeString("");
        CodecSection.write(stream, out);
        return out.toByteArray();
    }

    static byte[] coded(ByteWriter stream) {
        ByteWriter out = new ByteWriter();
        out.writeByte(ValueEncoder.CODED);
        CodecSection.write(stream, out);
        return out.toByteArray();
    }

    private static void object(Class<?> type, ByteWriter stream) {
        stream.writeByte(ObjectStreamConstants.TC_OBJECT);
        descriptor(type, stream);
    }

    static void descriptor(Class<?> type, ByteWriter stream) {
        stream.writeByte(ObjectStreamConstants.TC_CLASSDESC);
        byte[] name = type.getName().getBytes(java.nio.charset.StandardCharsets.UTF_8);
        stream.writeShort(name.length);
        stream.write(name, 0, name.length);
        ObjectStreamClass known = ObjectStreamClass.lookup(type);
        stream.writeLong(known == null ? 0 : known.getSerialVersionUID());
        stream.writeByte(ObjectStreamConstants.SC_SERIALIZABLE);
        stream.writeShort(0);
        stream.writeByte(ObjectStreamConstants.TC_ENDBLOCKDATA);
        stream.writeByte(ObjectStreamConstants.TC_NULL);
    }
}
