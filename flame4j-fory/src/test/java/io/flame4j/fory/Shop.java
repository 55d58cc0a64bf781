package io.flame4j.fory;

import io.flame4j.codec.Codec;
import io.flame4j.codec.DecodeContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Classes of an application, and its codecs. */
final class Shop {

    private Shop() {}

    record Item(int id, String name, double score) implements Serializable {}

    public record Order(String customer, Status status, List<Item> items, Map<String, Integer> counts)
            implements Serializable {}

    enum Status {
        OPEN,
        DONE {
            @Override
            boolean isFinal() {
                return true;
            }
        };

        boolean isFinal() {
            return false;
        }
    }

    /** Of the ordinary kind, with what JDK serialization would leave behind. */
    static class Basket implements Serializable {
        private static final long serialVersionUID = 1L;

        final String owner;
        final List<Item> items = new ArrayList<>();
        Basket next;
        transient String cached = "kept here";

        Basket(String owner) {
            this.owner = owner;
        }
    }

    /** Not known to the codec. */
    record Secret(String text) implements Serializable {}

    /** Notes whatever is done to it as it is read. */
    public static class Gadget implements Serializable {
        private static final long serialVersionUID = 1L;

        static final AtomicInteger TOUCHED = new AtomicInteger();

        String command = "rm";

        public Gadget() {
            TOUCHED.incrementAndGet();
        }

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            TOUCHED.incrementAndGet();
            in.defaultReadObject();
        }

        private Object readResolve() {
            TOUCHED.incrementAndGet();
            return this;
        }
    }

    public static final class AppCodec extends ForyCodec {
        public AppCodec() {
            super(Item.class, Order.class, Status.class, Basket.class);
        }
    }

    /** Wraps a codec, and forgets that it has another one for results. */
    public static final class Wrapping implements Codec {
        private final Codec fory = new NotingCodec();

        public Wrapping() {}

        @Override
        public void encode(Object value, OutputStream out) throws IOException {
            fory.encode(value, out);
        }

        @Override
        public Object decode(InputStream in, DecodeContext context) throws IOException, ClassNotFoundException {
            return fory.decode(in, context);
        }
    }

    /** What is wrapped. */
    public static final class NotingCodec extends ForyCodec {
        public NotingCodec() {
            super(Noting.class);
        }
    }

    /** Notes that one is made, as Fory does by the constructor. */
    static class Noting implements Serializable {
        private static final long serialVersionUID = 1L;

        static final AtomicInteger MADE = new AtomicInteger();

        String text = "noted";

        Noting() {
            MADE.incrementAndGet();
        }
    }

    /** Knows less. */
    public static final class SmallCodec extends ForyCodec {
        public SmallCodec() {
            super(Item.class, Order.class);
        }
    }
}
