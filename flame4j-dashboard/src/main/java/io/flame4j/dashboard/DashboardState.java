package io.flame4j.dashboard;

/**
 * What the page shows, at one moment.
 *
 * @param version grows with each new state of a feed
 * @param json the state as one line of JSON; its text is escaped so that it can stand in HTML or an event stream as it is.
 *     What is in it may change with each version of flame4j: it is for the page
 * @since 0.1
 */
public record DashboardState(long version, String json) {}
