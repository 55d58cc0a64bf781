package io.flame4j.internal.link;

import io.flame4j.Refusal;
import io.flame4j.internal.bytes.LogText;
import io.flame4j.internal.wire.Hello;
import io.flame4j.internal.wire.Protocol;
import io.flame4j.internal.wire.Versions;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The list of runners that are expected, and what each must show to be let in: the token of its ticket, once, for the
 * control connection; the slot key it got in return for every slot connection; and both from where it is, if that is
 * known. Thread-safe.
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

    /** A fresh 256-bit secret. */
    public static byte[] newSecret() {
        byte[] secret = new byte[Protocol.SECRET_LENGTH];
        RANDOM.nextBytes(secret);
        return secret;
    }

    /** Lets a runner in from now on, unless its pool is closed. */
    void expect(String runnerId, byte[] token, byte[] slotKey, Host host, boolean bound) {
        Guest guest = new Guest(runnerId, token, slotKey, host, bound);
        guests.compute(runnerId, (id, present) -> {
            if (present != null && present.host().port() != host.port()) {
                throw new IllegalStateException("a runner " + id + " is expected by another pool already");
            }
            // Asked in here: whoever closes a pool looks through all guests after that.
            return host.port().isClosed() ? present : guest;
        });
    }

    /** Tells where a runner comes from; none for anywhere. */
    void comesFrom(String runnerId, RunnerPort port, Set<InetAddress> addresses) {
        Guest guest = guests.get(runnerId);
        if (guest != null && guest.host().port() == port) {
            guest.comesFrom(addresses);
        }
    }

    /** Lets a runner in no more, if it is this pool's; its open connections are not touched. */
    void forget(String runnerId, RunnerPort port) {
        guests.computeIfPresent(runnerId, (id, guest) -> guest.host().port() == port ? null : guest);
    }

    /** Lets no runner of this pool in any more, once it is closed. */
    void forgetAll(RunnerPort port) {
        guests.values().removeIf(guest -> guest.host().port() == port);
    }

    /**
     * Lets a runner in.
     *
     * @param from where it comes from, null when that cannot be told
     * @return who awaits it; null when the connection has to wait until it is known where the runner is
     */
    @Nullable
    Host admit(Hello.Control hello, @Nullable InetAddress from) throws RefusedException {
        Guest guest = guests.get(hello.runnerId());
        // An unknown runner and a wrong token get the same answer, so that ids cannot be guessed.
        if (guest == null) {
            throw new RefusedException(Refusal.WRONG_TOKEN, Guest.NO_TOKEN);
        }
        try {
            if (!guest.use(hello.token(), from)) {
                return null;
            }
        } catch (RefusedException e) {
            if (e.kind() == Refusal.WRONG_ADDRESS) {
                guest.host().endpoint().onMisplaced(String.valueOf(e.getMessage()));
            }
            throw e;
        }
        String problem = versionProblem(hello);
        if (problem != null) {
            guest.host().endpoint().onRefused(problem);
            throw new RefusedException(Refusal.OTHER_VERSION, problem);
        }
        return guest.host();
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

    RunnerEndpoint admit(Hello.Slot hello, @Nullable InetAddress from) throws RefusedException {
        Guest guest = guests.get(hello.runnerId());
        if (guest == null) {
            throw new RefusedException(Refusal.WRONG_KEY, "wrong runner id or slot key");
        }
        guest.checkSlot(hello.slotKey(), from);
        return guest.host().endpoint();
    }
}
