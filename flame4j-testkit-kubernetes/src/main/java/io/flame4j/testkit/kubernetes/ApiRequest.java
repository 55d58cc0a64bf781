package io.flame4j.testkit.kubernetes;

import java.util.Map;

/**
 * A request to a {@link FakeApiServer}.
 *
 * @param verb as in a Role: {@code get}, {@code list}, {@code watch}, {@code create}, {@code update}, {@code patch},
 *     {@code delete} or {@code deletecollection}
 * @param resource as in a Role, for example {@code pods} or {@code pods/status}; the path if it names no resource
 * @param namespace empty when the request is for all namespaces, or for what is in none
 * @param name empty when there is none, as in {@code create} and {@code list}
 * @param user who asks, as {@link FakeApiServer#client(String)} has been told; empty if the token is not good
 * @param parameters of the query, for example {@code labelSelector}
 * @param body JSON, empty when there is none; may hold secrets
 * @since 0.1
 */
public record ApiRequest(
        String verb,
        String resource,
        String namespace,
        String name,
        String user,
        Map<String, String> parameters,
        String body) {

    /** A request with a copy of the parameters. */
    public ApiRequest {
        parameters = Map.copyOf(parameters);
    }

    /**
     * Whether this is for something.
     *
     * @param verb a verb
     * @param resource a resource, {@code pods} or {@code pods/status}
     * @return whether both are those of this request
     */
    public boolean is(String verb, String resource) {
        return this.verb.equals(verb) && this.resource.equals(resource);
    }

    /** Without the body. */
    @Override
    public String toString() {
        return verb + " " + resource + (name.isEmpty() ? "" : " " + name)
                + (namespace.isEmpty() ? "" : " in " + namespace) + " by " + user;
    }
}
