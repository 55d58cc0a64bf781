package io.flame4j.internal.runner;

import io.flame4j.FlameParent;
import io.flame4j.backend.RunnerSpec;
import io.flame4j.internal.wire.BootTicket;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What this process finds in its environment about being a runner. */
public final class BootInfo {

    /** Cached: the environment of a process does not change. Written more than once at worst. */
    private static volatile @Nullable FlameParent known;

    private BootInfo() {}

    /**
     * Who started this process as a runner.
     *
     * @throws IllegalStateException when the variable is set but makes no sense
     */
    public static Optional<FlameParent> ofThisProcess() {
        FlameParent parent = known;
        if (parent == null) {
            BootTicket ticket = ticketOfThisProcess();
            parent = ticket == null ? null : describe(ticket);
            known = parent;
        }
        return Optional.ofNullable(parent);
    }

    /** The ticket of this process, or null when it is no runner. */
    static @Nullable BootTicket ticketOfThisProcess() {
        return read(System.getenv());
    }

    /**
     * The ticket in an environment, or null when there is none.
     *
     * @throws IllegalStateException when there is one but makes no sense
     */
    static @Nullable BootTicket read(Map<String, String> environment) {
        String parent = environment.get(RunnerSpec.PARENT_VARIABLE);
        if (parent == null) {
            return null;
        }
        String token = environment.get(RunnerSpec.TOKEN_VARIABLE);
        if (token == null) {
            throw new IllegalStateException("The variable " + RunnerSpec.PARENT_VARIABLE
                    + " is set, so this process is a runner, but " + RunnerSpec.TOKEN_VARIABLE
                    + " is not, without which its parent does not let it in. Only a flame4j parent should set them.");
        }
        try {
            return BootTicket.parse(parent, token);
        } catch (IllegalArgumentException e) {
            String problem = String.valueOf(e.getMessage());
            throw new IllegalStateException(
                    problem.startsWith("The variable ")
                            ? problem
                            : "The variable " + RunnerSpec.PARENT_VARIABLE + " is malformed: " + problem
                                    + ". Only a flame4j parent should set it.");
        }
    }

    static FlameParent describe(BootTicket ticket) {
        return new FlameParent(
                ticket.pool(), ticket.runnerId(), ticket.address().toString(), ticket.version(), ticket.javaVersion());
    }
}
