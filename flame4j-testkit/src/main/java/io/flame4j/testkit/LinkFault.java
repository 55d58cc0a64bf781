package io.flame4j.testkit;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What can go wrong with a connection, and where: after so many bytes, at such a frame, at once. It does nothing by
 * itself: {@link LinkProxy.Link#inject(LinkFault)} does it to a connection.
 *
 * <pre>{@code
 * link.inject(LinkFault.reset().towards(Direction.TO_PARENT).afterBytes(32 << 20));
 * }</pre>
 *
 * <p>Immutable, and so thread-safe; each method returns another fault.
 *
 * @since 0.1
 */
public final class LinkFault {

    /**
     * A way through a connection.
     *
     * @since 0.1
     */
    public enum Direction {
        /** What the runner says: answers, progress, its heartbeats. */
        TO_PARENT,
        /** What the parent says: calls, orders, its heartbeats. */
        TO_RUNNER
    }

    enum Kind {
        DELAY,
        THROTTLE,
        CUT,
        RESET,
        SILENCE,
        CORRUPT,
        SPLIT,
        JOIN
    }

    final Kind kind;

    /** Nanoseconds, bytes a second or bytes, as the kind has it. */
    final long amount;

    /** Null for both. */
    final @Nullable Direction direction;

    /** Counted from the injection, or from the start of {@link #frame} when that is not 0. */
    final long offset;

    final int frame;

    private LinkFault(Kind kind, long amount, @Nullable Direction direction, long offset, int frame) {
        this.kind = kind;
        this.amount = amount;
        this.direction = direction;
        this.offset = offset;
        this.frame = frame;
    }

    private static LinkFault of(Kind kind, long amount) {
        return new LinkFault(kind, amount, null, 0, 0);
    }

    private static long positive(String what, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " must be positive, but is " + value);
        }
        return value;
    }

    /**
     * Passes everything on later, without making it slower: a long way.
     *
     * @param time how much later; positive. Up to 1 MiB is on its way at a time
     * @return the fault
     */
    public static LinkFault delay(Duration time) {
        return of(Kind.DELAY, positive("time", time.toNanos()));
    }

    /**
     * Passes no more than so much on: a narrow way.
     *
     * @param bytesPerSecond how much; positive
     * @return the fault
     */
    public static LinkFault throttle(long bytesPerSecond) {
        return of(Kind.THROTTLE, positive("bytesPerSecond", bytesPerSecond));
    }

    /**
     * Ends the connection for both ends as an orderly close does, with FIN. What was on its way is lost.
     *
     * @return the fault
     */
    public static LinkFault cut() {
        return of(Kind.CUT, 0);
    }

    /**
     * Ends the connection for both ends with RST, as a firewall or a host that has restarted does. What was on its way is
     * lost. An end on a Unix-domain socket, which knows no such thing, sees a close.
     *
     * @return the fault
     */
    public static LinkFault reset() {
        return of(Kind.RESET, 0);
    }

    /**
     * Passes nothing on, not even the end of the connection: a black hole. In one direction alone it makes a connection
     * half-open. What comes is held back until {@link LinkProxy.Link#unsilence()} or {@link LinkProxy.Link#heal()}, as TCP
     * would send it anew.
     *
     * @return the fault
     */
    public static LinkFault silence() {
        return of(Kind.SILENCE, 0);
    }

    /**
     * Inverts the bits of one byte. Without TLS nothing but the meaning of that byte tells.
     *
     * @return the fault
     */
    public static LinkFault corrupt() {
        return of(Kind.CORRUPT, 0xFF);
    }

    /**
     * Changes some bits of one byte.
     *
     * @param bits which, from 1 to 255
     * @return the fault
     */
    public static LinkFault corrupt(int bits) {
        if (bits < 1 || bits > 0xFF) {
            throw new IllegalArgumentException("bits must be from 1 to 255, but are " + bits);
        }
        return of(Kind.CORRUPT, bits);
    }

    /**
     * Sends everything in small segments.
     *
     * @param bytes how long a segment may be; positive
     * @return the fault
     */
    public static LinkFault split(int bytes) {
        return of(Kind.SPLIT, positive("bytes", bytes));
    }

    /**
     * Gathers what comes into one segment.
     *
     * @param time for how long, from the first byte of a segment on; positive. At 64 KiB it is sent in any case
     * @return the fault
     */
    public static LinkFault join(Duration time) {
        return of(Kind.JOIN, positive("time", time.toNanos()));
    }

    /**
     * Any fault of these, of some strength, in some direction, at some place.
     *
     * @param random decides; the same state gives the same fault
     * @param within the place is before this many bytes have passed; positive
     * @return the fault
     */
    public static LinkFault random(RandomGenerator random, long within) {
        positive("within", within);
        LinkFault fault = switch (Kind.values()[random.nextInt(Kind.values().length)]) {
            case DELAY -> delay(Duration.ofMillis(1 + random.nextInt(50)));
            case THROTTLE -> throttle(1L << (14 + random.nextInt(10)));
            case CUT -> cut();
            case RESET -> reset();
            case SILENCE -> silence();
            case CORRUPT -> corrupt(1 + random.nextInt(0xFF));
            case SPLIT -> split(1 + random.nextInt(100));
            case JOIN -> join(Duration.ofMillis(1 + random.nextInt(20)));
        };
        return fault.towards(Direction.values()[random.nextInt(2)]).afterBytes(random.nextLong(within));
    }

    /**
     * Only in this direction; without this in both, each with its own count. An end is an end for both in any case.
     *
     * @param direction which
     * @return the fault
     */
    public LinkFault towards(Direction direction) {
        return new LinkFault(kind, amount, Objects.requireNonNull(direction, "direction"), offset, frame);
    }

    /**
     * Not at once, but when so many bytes have passed since it was injected, or, after {@link #atFrame(int)}, since that
     * frame began.
     *
     * @param bytes how many; not negative
     * @return the fault
     */
    public LinkFault afterBytes(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes must not be negative, but are " + bytes);
        }
        return new LinkFault(kind, amount, direction, bytes, frame);
    }

    /**
     * Not at once, but at the start of a frame. Frames are those of docs/PROTOCOL.md, the runner's first message included;
     * under TLS, where these cannot be seen, TLS records.
     *
     * @param number which of those that begin after the injection, from 1
     * @return the fault
     */
    public LinkFault atFrame(int number) {
        return new LinkFault(kind, amount, direction, offset, (int) positive("number", number));
    }

    boolean isIn(Direction way) {
        return direction == null || direction == way;
    }

    boolean isAtOnce() {
        return offset == 0 && frame == 0 && kind != Kind.CORRUPT;
    }

    /** Such as {@code silence towards TO_PARENT at frame 2}. */
    @Override
    public String toString() {
        String what = kind.name().toLowerCase(Locale.ROOT);
        String how = switch (kind) {
            case DELAY, JOIN -> " of " + Duration.ofNanos(amount).toMillis() + " ms";
            case THROTTLE -> " to " + amount + " bytes/s";
            case CORRUPT -> " of bits " + Long.toHexString(amount);
            case SPLIT -> " into " + amount + " bytes";
            default -> "";
        };
        return what
                + how
                + (direction == null ? "" : " towards " + direction)
                + (frame == 0 ? "" : " at frame " + frame)
                + (offset == 0 ? "" : " after " + offset + " bytes");
    }
}
