package io.flame4j.internal.pool;

/**
 * How many boots the waiters justify: as many as it takes for all of them to be started within the time a boot takes.
 * A runner that is up starts calls meanwhile, each of its slots one per mean service time; if those alone do it, a new
 * runner would come too late to help anyone.
 */
final class BootPlanner {

    /** Taken for the boot time before the first boot. */
    static final double UNKNOWN_BOOT_NANOS = 500e6;

    /** Below this a wait proves nothing: timers and garbage collection take as long. */
    static final long LEAST_PATIENCE_NANOS = 50_000_000L;

    /** Slow enough to survive an outlier, fast enough to follow a change within some ten calls or four boots. */
    private static final double SERVICE_WEIGHT = 1 / 8.0;

    private static final double BOOT_WEIGHT = 1 / 4.0;

    private static final double UNKNOWN = -1;

    private final int slotsPerRunner;
    private final boolean singleUse;
    private double service = UNKNOWN;
    private double boot = UNKNOWN;

    BootPlanner(int slotsPerRunner, boolean singleUse) {
        this.slotsPerRunner = slotsPerRunner;
        this.singleUse = singleUse;
    }

    void served(long nanos) {
        service = service == UNKNOWN ? nanos : service + (nanos - service) * SERVICE_WEIGHT;
    }

    void booted(long nanos) {
        boot = boot == UNKNOWN ? nanos : boot + (nanos - boot) * BOOT_WEIGHT;
    }

    /** The mean boot time; 0 when unknown. */
    long bootNanos() {
        return boot == UNKNOWN ? 0 : (long) boot;
    }

    /** How long a waiter waits before the forecast that let it wait is proven wrong: as long as a boot. */
    long patienceNanos() {
        return Math.max(LEAST_PATIENCE_NANOS, (long) (boot == UNKNOWN ? UNKNOWN_BOOT_NANOS : boot));
    }

    /**
     * Boots to start now, besides those under way.
     *
     * @param waiting calls that wait
     * @param turningSlots slots of ready runners whose calls end after a usual service time
     * @param booting boots under way
     * @param trustService false when the waiters have seen that calls take longer than they used to
     */
    int boots(int waiting, long turningSlots, int booting, boolean trustService) {
        if (waiting == 0) {
            return 0;
        }
        // Unknown service times are taken for long: a slot starts nothing more before a boot would be done.
        double startsPerSlot = 0;
        if (trustService && service != UNKNOWN && !singleUse) {
            startsPerSlot = (boot == UNKNOWN ? UNKNOWN_BOOT_NANOS : boot) / Math.max(1, service);
        }
        double startsPerBoot = slotsPerRunner * Math.max(1, startsPerSlot);
        double unserved = waiting - turningSlots * startsPerSlot - booting * startsPerBoot;
        return unserved <= 0 ? 0 : (int) Math.ceil(unserved / startsPerBoot);
    }
}
