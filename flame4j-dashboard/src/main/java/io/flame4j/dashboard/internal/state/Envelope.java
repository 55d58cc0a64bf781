package io.flame4j.dashboard.internal.state;

/**
 * The pools with what belongs around them.
 *
 * @param version grows with each new one
 * @param json all of it
 * @param pools the pools
 * @param resize whether pools may be resized
 */
public record Envelope(long version, String json, String pools, boolean resize) {

    /**
     * The first state.
     *
     * @param resize whether pools may be resized
     * @param pools the pools, as JSON
     * @param nowMillis the time
     * @return the state
     */
    public static Envelope first(boolean resize, String pools, long nowMillis) {
        return of(1, resize, pools, nowMillis);
    }

    /**
     * The state after this one.
     *
     * @param newPools the pools, as JSON
     * @param nowMillis the time
     * @return this one when nothing has changed
     */
    public Envelope next(String newPools, long nowMillis) {
        return newPools.equals(pools) ? this : of(version + 1, resize, newPools, nowMillis);
    }

    private static Envelope of(long version, boolean resize, String pools, long nowMillis) {
        String json = new JsonWriter(pools.length() + 200)
                .beginObject()
                .field("version", version)
                .field("now", nowMillis)
                .field("process", ProcessHandle.current().pid())
                .field("resize", resize)
                .field("seconds", Board.SECONDS)
                .name("pools")
                .raw(pools)
                .endObject()
                .toString();
        return new Envelope(version, json, pools, resize);
    }
}
