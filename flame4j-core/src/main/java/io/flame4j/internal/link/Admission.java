package io.flame4j.internal.link;

import io.flame4j.internal.bytes.LogText;
import io.flame4j.internal.wire.Hello;
import io.flame4j.internal.wire.Protocol;
import io.flame4j.internal.wire.Versions;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The list of runners that are expected, and what each must show to be let in: the token of its ticket, once, for the
 * control connection; the slot key it got in return for every slot connection. Thread-safe.
 */
public final class Admission {

    /** What is repeated of the version that a runner says it has. */
    private static final int LONGEST_VERSION = 60;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final ConcurrentHashMap<String, Guest> guests = new ConcurrentHashMap<>();
    private final String version;
    private final int javaVersion;

    Admission() {
        this(Versions.FLAME4J, Runtime.version().feature());
    }

    Admission(String version, int javaVersion) {
        this.version = version;
        this.javaVersion = javaVersion;
    }

    /**
     * Whose guest a runner is.
     *
     * @param port the pool's part of the listener
     * @param endpoint the one whom its connections are for
     */
    record Host(RunnerPort port, RunnerEndpoint endpoint) {}

    /** What is known of an expected runner. {@code this} guards it. */
    private static final class Guest {
        private final byte[] token;
        private final byte[] slotKey;
        private final Host host;
        private boolean tokenUsed;

        private Guest(byte[] token, byte[] slotKey, Host host) {
            this.token = token;
            this.slotKey = slotKey;
            this.host = host;
        }

        private synchronized boolean use(byte[] shown) {
            boolean right = MessageDigest.isEqual(token, shown);
            boolean first = !tokenUsed;
            tokenUsed |= right;
            return right && first;
        }
    }

    /** A fresh 256-bit secret. */
    public static byte[] newSecret() {
        byte[] secret = new byte[Protocol.SECRET_LENGTH];
        RANDOM.nextBytes(secret);
        return secret;
    }

    /** Lets a runner in from now on, unless its pool is closed. */
    void expect(String runnerId, byte[] token, byte[] slotKey, Host host) {
        Guest guest = new Guest(token.clone(), slotKey.clone(), host);
        guests.compute(runnerId, (id, present) -> {
            if (present != null && present.host.port != host.port) {
                throw new IllegalStateException("a runner " + id + " is expected by another pool already");
            }
            // Asked in here: whoever closes a pool looks through all guests after that.
            return host.port.isClosed() ? present : guest;
        });
    }

    /** Lets a runner in no more, if it is this pool's; its open connections are not touched. */
    void forget(String runnerId, RunnerPort port) {
        guests.computeIfPresent(runnerId, (id, guest) -> guest.host.port == port ? null : guest);
    }

    /** Lets no runner of this pool in any more, once it is closed. */
    void forgetAll(RunnerPort port) {
        guests.values().removeIf(guest -> guest.host.port == port);
    }

    Host admit(Hello.Control hello) throws IOException {
        Guest guest = guests.get(hello.runnerId());
        // An unknown runner and a wrong token get the same answer, so that ids cannot be guessed.
        if (guest == null || !guest.use(hello.token())) {
            throw new IOException("wrong runner id or token, or a token that was used before");
        }
        String problem = versionProblem(hello);
        if (problem != null) {
            guest.host.endpoint.onRefused(problem);
            throw new IOException(problem);
        }
        return guest.host;
    }

    private @Nullable String versionProblem(Hello.Control hello) {
        if (!hello.version().equals(version)) {
            return "the runner has flame4j " + LogText.oneLine(hello.version(), LONGEST_VERSION) + ", the parent has "
                    + version + "; start runners from the same build as the parent";
        }
        if (hello.javaVersion() != javaVersion) {
            return "the runner runs on Java " + hello.javaVersion() + ", the parent on Java " + javaVersion
                    + "; use the same Java for both";
        }
        return null;
    }

    RunnerEndpoint admit(Hello.Slot hello) throws IOException {
        Guest guest = guests.get(hello.runnerId());
        if (guest == null || !MessageDigest.isEqual(guest.slotKey, hello.slotKey())) {
            throw new IOException("wrong runner id or slot key");
        }
        return guest.host.endpoint;
    }
}
