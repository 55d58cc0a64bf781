package io.flame4j.internal.context;

import io.flame4j.CallListener;
import io.flame4j.context.ContextPropagator;
import io.flame4j.context.OutgoingCall;
import io.flame4j.internal.bytes.ByteWriter;
import io.flame4j.internal.bytes.LogText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the propagators of a pool what is to travel with a call. Thread-safe. */
public final class ContextCapture {

    private static final Logger LOG = LoggerFactory.getLogger(ContextCapture.class);

    /** Keys may come from anywhere, and be without end. */
    private static final int MAX_WARNINGS = 100;

    private static final int LONGEST_KEY_IN_LOG = 100;

    private final String pool;
    private final ContextPropagator[] propagators;
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    public ContextCapture(String pool, List<ContextPropagator> propagators) {
        this.pool = pool;
        this.propagators = propagators.toArray(new ContextPropagator[0]);
    }

    /**
     * What is to travel with a call that this thread makes, and who is to hear of it; null when that is nothing and nobody.
     *
     * @param task gives the name of what is called
     */
    public @Nullable CapturedContext capture(Supplier<String> task) {
        if (propagators.length == 0) {
            return null;
        }
        Capture capture = new Capture(this, task);
        try {
            for (int i = 0; i < propagators.length; i++) {
                capture.run(i);
            }
        } catch (RuntimeException | Error e) {
            return capture.result(e);
        }
        return capture.result(null);
    }

    private void leftOut(ContextPropagator propagator, String key, String why) {
        String cause = propagator.getClass().getName() + " " + why;
        if (warned.size() < MAX_WARNINGS && warned.add(cause)) {
            LOG.warn(
                    "Pool '{}': the value of '{}' does not travel with calls: {} {}. The bounds are in OutgoingCall; let"
                            + " it carry less. This is said once.",
                    pool,
                    LogText.oneLine(key, LONGEST_KEY_IN_LOG),
                    propagator.getClass().getName(),
                    why);
        }
    }

    /** One call. Belongs to the thread that makes it. */
    private static final class Capture implements OutgoingCall {

        private final ContextCapture owner;
        private final Supplier<String> task;
        private @Nullable ByteWriter all;
        private int sections;
        private List<CallListener> followers = List.of();

        /** Of the propagator that is asked now. */
        private int index;

        private @Nullable ByteWriter section;
        private int values;
        private int bytes;

        private Capture(ContextCapture owner, Supplier<String> task) {
            this.owner = owner;
            this.task = task;
        }

        private void run(int propagator) {
            index = propagator;
            section = null;
            values = 0;
            bytes = 0;
            owner.propagators[propagator].capture(this);
            ByteWriter captured = section;
            if (captured != null) {
                ByteWriter target = all == null ? new ByteWriter(256) : all;
                target.writeVarInt(propagator);
                target.writeVarInt(values);
                target.append(captured);
                all = target;
                sections++;
            }
        }

        private @Nullable CapturedContext result(@Nullable Throwable failure) {
            return all == null && followers.isEmpty() && failure == null
                    ? null
                    : new CapturedContext(sections, all, followers, failure);
        }

        @Override
        public String task() {
            return task.get();
        }

        @Override
        public void follow(CallListener listener) {
            if (followers.isEmpty()) {
                followers = new ArrayList<>(2);
            }
            followers.add(Objects.requireNonNull(listener, "listener"));
        }

        @Override
        public String pool() {
            return owner.pool;
        }

        @Override
        public void carry(String key, String value) {
            byte[] name = Objects.requireNonNull(key, "key").getBytes(StandardCharsets.UTF_8);
            byte[] text = Objects.requireNonNull(value, "value").getBytes(StandardCharsets.UTF_8);
            String obstacle = obstacle(name.length, text.length);
            if (obstacle != null) {
                owner.leftOut(owner.propagators[index], key, obstacle);
                return;
            }
            ByteWriter target = section == null ? new ByteWriter(256) : section;
            section = target;
            target.writeVarInt(name.length);
            target.write(name, 0, name.length);
            target.writeVarInt(text.length);
            target.write(text, 0, text.length);
            values++;
            bytes += name.length + text.length;
        }

        private @Nullable String obstacle(int key, int value) {
            if (key > MAX_KEY_BYTES) {
                return "carries a key of more than " + MAX_KEY_BYTES + " bytes";
            }
            if (value > MAX_VALUE_BYTES) {
                return "carries a value of more than " + MAX_VALUE_BYTES + " bytes";
            }
            if (values == MAX_VALUES) {
                return "carries more than " + MAX_VALUES + " values";
            }
            return bytes + key + value > MAX_BYTES ? "carries more than " + MAX_BYTES + " bytes" : null;
        }
    }
}
