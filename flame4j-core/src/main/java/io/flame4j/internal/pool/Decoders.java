package io.flame4j.internal.pool;

import io.flame4j.codec.Codec;
import io.flame4j.codec.DecodeContext;
import io.flame4j.internal.closure.FailureDecoder;
import io.flame4j.internal.closure.ValueDecoder;
import java.io.ObjectInputFilter;

/**
 * Decoders of what runners send, for the class loader of each call. Thread-safe; remembers the last loader, which is
 * nearly always the next one too.
 */
final class Decoders {

    private record Entry(ClassLoader loader, ValueDecoder values, FailureDecoder failures) {}

    private final Codec codec;
    private volatile Entry last;

    Decoders(Codec codec) {
        this.codec = codec;
        this.last = make(ClassLoader.getSystemClassLoader());
    }

    ValueDecoder values(ClassLoader loader) {
        return entry(loader).values;
    }

    FailureDecoder failures(ClassLoader loader) {
        return entry(loader).failures;
    }

    private Entry entry(ClassLoader loader) {
        Entry entry = last;
        if (entry.loader != loader) {
            entry = make(loader);
            last = entry;
        }
        return entry;
    }

    private Entry make(ClassLoader loader) {
        DecodeContext context = new DecodeContext(loader, filter());
        return new Entry(loader, new ValueDecoder(codec, context), new FailureDecoder(context));
    }

    /** The process-wide filter when the user has set one; it must not be lost, even if it was set after the pool. */
    private static ObjectInputFilter filter() {
        return info -> {
            ObjectInputFilter processWide = ObjectInputFilter.Config.getSerialFilter();
            return processWide != null ? processWide.checkInput(info) : ObjectInputFilter.Status.UNDECIDED;
        };
    }
}
