package io.flame4j.internal.link;

import io.flame4j.Refusal;
import java.net.InetAddress;
import java.security.MessageDigest;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is known of an expected runner. Thread-safe: {@code this} guards what changes. */
final class Guest {

    /** The same for all who have no token that is good here and now, so that nobody learns how far a guess was right. */
    static final String NO_TOKEN = "wrong runner id or token, or a token that was used before";

    private final String runnerId;
    private final byte[] token;
    private final byte[] slotKey;
    private final Admission.Host host;

    /** Whether it may only come from {@link #addresses}. */
    private final boolean bound;

    /** Null until they are known. Empty for any. */
    private @Nullable Set<InetAddress> addresses;

    private boolean tokenUsed;

    /** Where its control connection came from; null when that does not matter. */
    private @Nullable InetAddress seat;

    Guest(String runnerId, byte[] token, byte[] slotKey, Admission.Host host, boolean bound) {
        this.runnerId = runnerId;
        this.token = token.clone();
        this.slotKey = slotKey.clone();
        this.host = host;
        this.bound = bound;
        this.addresses = bound ? null : Set.of();
    }

    Admission.Host host() {
        return host;
    }

    String runnerId() {
        return runnerId;
    }

    /** From now on it may come from these, or from anywhere when there are none. */
    synchronized void comesFrom(Set<InetAddress> known) {
        if (bound && addresses == null) {
            addresses = Set.copyOf(known);
        }
    }

    /**
     * Uses the token up, unless it is not known yet where it may come from.
     *
     * @param shown a token
     * @param from where it came from; null when that cannot be told
     * @return false when the connection has to wait until that is known
     */
    synchronized boolean use(byte[] shown, @Nullable InetAddress from) throws RefusedException {
        if (!MessageDigest.isEqual(token, shown)) {
            throw new RefusedException(Refusal.WRONG_TOKEN, NO_TOKEN);
        }
        if (tokenUsed) {
            throw new RefusedException(Refusal.USED_TOKEN, NO_TOKEN);
        }
        Set<InetAddress> allowed = addresses;
        if (allowed == null) {
            return false;
        }
        // Before the token is used up: a stranger that has seen it must not take it from the runner.
        if (!allowed.isEmpty() && (from == null || !allowed.contains(from))) {
            throw new RefusedException(
                    Refusal.WRONG_ADDRESS,
                    "it has the token of runner " + runnerId + ", but comes from " + name(from) + " and not from "
                            + String.join(
                                    " or ",
                                    allowed.stream().map(Guest::name).sorted().toList())
                            + ". Where addresses are translated between runners and parent, tokens cannot be bound to them:"
                            + " tokenBoundToAddress(false) on Kubernetes");
        }
        tokenUsed = true;
        seat = allowed.isEmpty() ? null : from;
        return true;
    }

    synchronized void checkSlot(byte[] shown, @Nullable InetAddress from) throws RefusedException {
        if (!MessageDigest.isEqual(slotKey, shown)) {
            throw new RefusedException(Refusal.WRONG_KEY, "wrong runner id or slot key");
        }
        if (seat != null && !seat.equals(from)) {
            throw new RefusedException(
                    Refusal.WRONG_ADDRESS,
                    "it has the slot key of runner " + runnerId + ", but comes from " + name(from)
                            + ", and its control connection from " + name(seat));
        }
    }

    private static String name(@Nullable InetAddress address) {
        return address == null ? "an unknown address" : address.getHostAddress();
    }
}
