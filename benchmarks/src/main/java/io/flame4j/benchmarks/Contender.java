package io.flame4j.benchmarks;

import java.io.Serializable;
import java.util.List;

/** Somebody who runs code in another JVM, or only sends bytes there: what is measured. */
public interface Contender {

    /** One call that does nothing, there and back. */
    @FunctionalInterface
    interface Exchange {
        void run() throws Exception;
    }

    /** An array there and back. */
    @FunctionalInterface
    interface Echo {
        byte[] run(byte[] array) throws Exception;
    }

    /** A list there and back. */
    @FunctionalInterface
    interface Lists {
        List<Item> run(List<Item> items) throws Exception;
    }

    /** A small record, as an application has many of. */
    record Item(int id, String name, double score) implements Serializable {}

    /** As the tables show it. */
    String label();

    /** Makes ready what a parent has before it has any runner. */
    Session open(int callers) throws Exception;

    /** A parent, and one runner at most. Not thread-safe, but what its methods return may be used at the same time. */
    interface Session extends AutoCloseable {

        /** Starts the runner. What the first call has to wait for may be left to that. */
        void start() throws Exception;

        /** For one thread. */
        Exchange noOp() throws Exception;

        /** For one thread. */
        default Echo echo() throws Exception {
            throw new NotOfferedException("an echo");
        }

        /** For one thread. */
        default Lists lists() throws Exception {
            throw new NotOfferedException("lists");
        }

        /** Ends the runner, and what the parent had. */
        @Override
        void close() throws Exception;
    }

    /** Says that a contender does not do that at all, which is no failure. */
    final class NotOfferedException extends Exception {
        private static final long serialVersionUID = 1L;

        public NotOfferedException(String what) {
            super(what);
        }
    }
}
