package io.flame4j.internal.pool;

import io.flame4j.codec.Codec;
import io.flame4j.internal.bytes.ByteReader;
import io.flame4j.internal.closure.FailureDecoder;
import io.flame4j.internal.closure.ResultPolicy;
import io.flame4j.internal.closure.ValueDecoder;
import java.io.IOException;

/**
 * Decoders of what runners send, for the class loader of each call. Thread-safe; remembers the last loader, which is
 * nearly always the next one too.
 */
final class Decoders {

    private record Entry(ClassLoader loader, ValueDecoder values, FailureDecoder failures) {}

    private final Codec codec;
    private final ResultPolicy policy;
    private volatile Entry last;

    Decoders(Codec codec, ResultPolicy policy) {
        this.codec = codec;
        this.policy = policy;
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
        return new Entry(loader, new ValueDecoder(codec, loader, policy), new FailureDecoder(loader, policy));
    }

    /** A text that a runner made up, of no more bytes than its results may have. */
    String text(ByteReader in) throws IOException {
        return policy.readText(in);
    }
}
