package io.flame4j.kubernetes.internal.api;

/**
 * Who talks to the API server, for messages.
 *
 * @param user how the caller is called in messages, such as {@code service account "app" in namespace "shop"}
 * @param namespace the namespace it works in by default
 */
public record Identity(String user, String namespace) {}
