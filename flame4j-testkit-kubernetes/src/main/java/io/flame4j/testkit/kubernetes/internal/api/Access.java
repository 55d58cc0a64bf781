package io.flame4j.testkit.kubernetes.internal.api;

import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Who is who, and may do what. Thread-safe. */
public final class Access {

    /** Whoever shows no token. */
    public static final String ADMIN = "admin";

    private static final String BEARER = "Bearer ";
    private static final String ISSUED = "issued-";

    private final Map<String, List<PolicyRule>> rules = new ConcurrentHashMap<>();
    private final Map<String, String> tokens = new ConcurrentHashMap<>();

    /**
     * The user behind a request.
     *
     * @param authorization the header of that name; a token that was not issued here is the name of its user
     * @return the user
     * @throws StatusException when the token is not good any more
     */
    public String user(String authorization) throws StatusException {
        if (!authorization.startsWith(BEARER)) {
            return ADMIN;
        }
        String token = authorization.substring(BEARER.length());
        String user = token.startsWith(ISSUED) ? tokens.get(token) : token;
        if (user == null) {
            throw new StatusException(401, "Unauthorized", "Unauthorized");
        }
        return user;
    }

    /**
     * Makes a token.
     *
     * @param user whose it is
     * @return the token
     */
    public String issue(String user) {
        String token = ISSUED + UUID.randomUUID();
        tokens.put(token, user);
        return token;
    }

    /** Lets all tokens that were made be good no more. */
    public void revoke() {
        tokens.clear();
    }

    /**
     * Takes all rights from a user but some.
     *
     * @param user the user
     * @param allowed as in a Role
     */
    public void restrict(String user, List<PolicyRule> allowed) {
        rules.put(user, List.copyOf(allowed));
    }

    /**
     * Whether a user may do something.
     *
     * @param user the user
     * @param verb what
     * @param path with what
     * @return whether
     */
    public boolean allows(String user, String verb, ApiPath path) {
        List<PolicyRule> allowed = rules.get(user);
        return allowed == null || path.isFreeToAll() || allowed.stream().anyMatch(rule -> allows(rule, verb, path));
    }

    private static boolean allows(PolicyRule rule, String verb, ApiPath path) {
        List<String> names = rule.getResourceNames();
        return has(rule.getVerbs(), verb)
                && has(rule.getApiGroups(), path.group())
                && has(rule.getResources(), path.resourceOfRole())
                && (names == null || names.isEmpty() || names.contains(path.name()));
    }

    private static boolean has(@Nullable List<String> list, String value) {
        return list != null && (list.contains(value) || list.contains("*"));
    }

    /**
     * Refuses what a user may not do.
     *
     * @param user the user
     * @param verb what
     * @param path with what
     * @throws StatusException when that is not allowed
     */
    public void check(String user, String verb, ApiPath path) throws StatusException {
        if (!allows(user, verb, path)) {
            String name = path.name().isEmpty() ? "" : " \"" + path.name() + "\"";
            String where = path.namespace().isEmpty()
                    ? "at the cluster scope"
                    : "in the namespace \"" + path.namespace() + "\"";
            throw new StatusException(
                    403,
                    "Forbidden",
                    path.qualifiedResource() + name + " is forbidden: User \"" + user + "\" cannot " + verb
                            + " resource \"" + path.resourceOfRole() + "\" in API group \"" + path.group() + "\" "
                            + where);
        }
    }
}
