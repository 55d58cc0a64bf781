package io.flame4j.fory;

import org.apache.fory.Fory;
import org.apache.fory.memory.MemoryBuffer;
import org.apache.fory.serializer.Serializer;

/** In the place of one of Fory's own: what it stands for never travels. */
final class RefusingSerializer<T> extends Serializer<T> {

    RefusingSerializer(Fory fory, Class<T> type) {
        super(fory, type);
    }

    @Override
    public void write(MemoryBuffer buffer, T value) {
        throw refused();
    }

    @Override
    public T read(MemoryBuffer buffer) {
        throw refused();
    }

    private RefusedException refused() {
        return new RefusedException(type, "leave it out of what the task captures.");
    }
}
