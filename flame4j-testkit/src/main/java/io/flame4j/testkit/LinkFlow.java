package io.flame4j.testkit;

import io.flame4j.testkit.FrameCounter.Framing;
import io.flame4j.testkit.LinkFault.Direction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a connection. One thread is in {@link #read}, another in {@link #pass}, so that what is delayed is not
 * slowed down; faults are injected by any.
 */
final class LinkFlow {

    /** What a test does to a connection as a whole. */
    interface Ends {
        void cut();

        void reset();
    }

    private static final int PIECE = 64 * 1024;
    private static final int PIECES = 16;

    /** A throttled flow sends so many portions a second. */
    private static final int PORTIONS = 100;

    private record Piece(byte[] bytes, long came) {}

    private static final Piece END = new Piece(new byte[0], 0);

    /** A fault that waits for its place. */
    private static final class Pending {
        private final LinkFault fault;
        private int framesToGo;
        private long position;

        private Pending(LinkFault fault, long passed) {
            this.fault = fault;
            this.framesToGo = fault.frame;
            this.position = passed + fault.offset;
        }

        private boolean isDue(long end) {
            // Where a byte is to be changed, it must be there.
            return framesToGo == 0 && (fault.kind == LinkFault.Kind.CORRUPT ? position < end : position <= end);
        }
    }

    private final Direction direction;
    private final Ends ends;
    private final BlockingQueue<Piece> pieces = new ArrayBlockingQueue<>(PIECES);
    private volatile boolean holding;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by the lock.
    private final FrameCounter frames = new FrameCounter();
    private final List<Pending> pending = new ArrayList<>();
    private long passed;
    private boolean closed;
    private boolean silent;
    private long delayNanos;
    private long joinNanos;
    private long bytesPerSecond;
    private int segment;

    LinkFlow(Direction direction, Ends ends) {
        this.direction = direction;
        this.ends = ends;
    }

    void framed(@Nullable Framing first, Framing then) {
        lock.lock();
        try {
            if (!frames.hasBegun()) {
                frames.begin(first, then);
            }
        } finally {
            lock.unlock();
        }
    }

    void inject(LinkFault fault) {
        if (!fault.isIn(direction)) {
            return;
        }
        if (fault.isAtOnce()) {
            take(fault);
            return;
        }
        lock.lock();
        try {
            pending.add(new Pending(fault, passed));
        } finally {
            lock.unlock();
        }
    }

    /** Ends what lasts, and forgets what waits for its place. */
    void heal() {
        lock.lock();
        try {
            pending.clear();
            silent = false;
            delayNanos = 0;
            joinNanos = 0;
            bytesPerSecond = 0;
            segment = 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void silence(boolean value) {
        lock.lock();
        try {
            silent = value;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isHolding() {
        return holding;
    }

    /** The connection has ended; wakes both threads. */
    void end() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        pieces.clear();
        pieces.offer(END);
    }

    /** Reads to the end. */
    void read(ReadableByteChannel from, Consumer<ByteBuffer> watcher) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE);
        try {
            while (from.read(buffer.clear()) >= 0) {
                watcher.accept(buffer.flip().duplicate());
                byte[] bytes = new byte[buffer.remaining()];
                buffer.get(bytes);
                put(new Piece(bytes, System.nanoTime()));
            }
        } catch (IOException e) {
            // One side is gone: the other is to hear of it.
        } finally {
            put(END);
        }
    }

    private void put(Piece piece) {
        try {
            pieces.put(piece);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
    }

    /** Passes on what was read, to the end, and then ends the other direction too. */
    void pass(WritableByteChannel to) {
        try {
            Piece piece = pieces.take();
            while (piece != END) {
                Piece next = join(piece, to);
                piece = next != null ? next : pieces.take();
            }
            awaitSpoken();
        } catch (IOException e) {
            // One side is gone: the other is to hear of it.
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        } finally {
            ends.cut();
        }
    }

    /** Passes on a piece and what is to be joined with it; returns what came then, if anything. */
    private @Nullable Piece join(Piece piece, WritableByteChannel to) throws IOException, InterruptedException {
        Settings settings = settings();
        byte[] bytes = piece.bytes;
        Piece next = null;
        long until = piece.came + settings.joinNanos;
        while (settings.joinNanos > 0 && next == null && bytes.length < PIECE) {
            Piece more = pieces.poll(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (more == null) {
                break;
            }
            if (more == END || bytes.length + more.bytes.length > PIECE) {
                next = more;
            } else {
                byte[] both = Arrays.copyOf(bytes, bytes.length + more.bytes.length);
                System.arraycopy(more.bytes, 0, both, bytes.length, more.bytes.length);
                bytes = both;
            }
        }
        pauseUntil(piece.came + settings.delayNanos);
        write(ByteBuffer.wrap(bytes), to);
        return next;
    }

    private record Settings(long delayNanos, long joinNanos) {}

    private Settings settings() {
        lock.lock();
        try {
            return new Settings(delayNanos, joinNanos);
        } finally {
            lock.unlock();
        }
    }

    private void write(ByteBuffer bytes, WritableByteChannel to) throws IOException {
        lock.lock();
        try {
            frames.advance(bytes.duplicate(), passed, this::frameStarts);
        } finally {
            lock.unlock();
        }
        while (bytes.hasRemaining()) {
            awaitSpoken();
            Portion portion = portion(bytes.remaining());
            ByteBuffer part = bytes.slice(bytes.position(), portion.bytes);
            bytes.position(bytes.position() + portion.bytes);
            while (part.hasRemaining()) {
                to.write(part);
            }
            if (portion.due != null) {
                if (portion.due.kind == LinkFault.Kind.CORRUPT) {
                    bytes.put(bytes.position(), (byte) (bytes.get(bytes.position()) ^ portion.due.amount));
                } else {
                    take(portion.due);
                }
            }
            pauseUntil(System.nanoTime() + portion.pauseNanos);
        }
    }

    private void frameStarts(long position) {
        for (Pending fault : pending) {
            if (fault.framesToGo > 0 && --fault.framesToGo == 0) {
                fault.position = position + fault.fault.offset;
            }
        }
    }

    /** How much may be written at once, and what is then to happen. */
    private record Portion(int bytes, @Nullable LinkFault due, long pauseNanos) {}

    private Portion portion(int there) {
        lock.lock();
        try {
            int count = there;
            if (segment > 0) {
                count = Math.min(count, segment);
            }
            if (bytesPerSecond > 0) {
                count = (int) Math.min(count, Math.max(1, bytesPerSecond / PORTIONS));
            }
            long end = passed + count;
            Pending due = pending.stream()
                    .filter(fault -> fault.isDue(end))
                    .min(Comparator.comparingLong(fault -> fault.position))
                    .orElse(null);
            if (due != null) {
                pending.remove(due);
                count = (int) (due.position - passed);
            }
            passed += count;
            long pause = bytesPerSecond > 0 ? TimeUnit.SECONDS.toNanos(count) / bytesPerSecond : 0;
            if (due != null && lasts(due.fault)) {
                // Before anybody can have received what is in front of it, and heal it.
                take(due.fault);
                return new Portion(count, null, pause);
            }
            return new Portion(count, due == null ? null : due.fault, pause);
        } finally {
            lock.unlock();
        }
    }

    private static boolean lasts(LinkFault fault) {
        return switch (fault.kind) {
            case CUT, RESET, CORRUPT -> false;
            case DELAY, THROTTLE, SILENCE, SPLIT, JOIN -> true;
        };
    }

    private void take(LinkFault fault) {
        switch (fault.kind) {
            case CUT -> ends.cut();
            case RESET -> ends.reset();
            case SILENCE -> silence(true);
            default -> shape(fault);
        }
    }

    private void shape(LinkFault fault) {
        lock.lock();
        try {
            switch (fault.kind) {
                case DELAY -> delayNanos = fault.amount;
                case JOIN -> joinNanos = fault.amount;
                case THROTTLE -> bytesPerSecond = fault.amount;
                case SPLIT -> segment = (int) fault.amount;
                default -> throw new IllegalStateException(fault.toString());
            }
        } finally {
            lock.unlock();
        }
    }

    private void awaitSpoken() {
        lock.lock();
        try {
            while (silent && !closed) {
                holding = true;
                changed.awaitUninterruptibly();
            }
            holding = false;
        } finally {
            lock.unlock();
        }
    }

    private void pauseUntil(long deadline) {
        lock.lock();
        try {
            long left = deadline - System.nanoTime();
            while (left > 0 && !closed) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        } finally {
            lock.unlock();
        }
    }
}
