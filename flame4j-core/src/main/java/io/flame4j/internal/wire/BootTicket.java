package io.flame4j.internal.wire;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a runner must know to dial its parent: the value of {@code FLAME_PARENT}, and in a variable of its own, since it
 * alone is secret, the token. So this has no telling {@code toString}.
 *
 * @param pool the pool's name
 * @param runnerId the runner's id
 * @param address where the parent listens
 * @param tls how the runner knows its parent, or null when the connections are not under TLS
 * @param token proves the runner, once
 * @param version the parent's version of flame4j
 * @param javaVersion the parent's Java feature version
 * @param parentPid the parent's process when it is on the same machine, else 0
 * @param failsafeMillis how long a runner that cannot connect lives
 */
public record BootTicket(
        String pool,
        String runnerId,
        WireAddress address,
        @Nullable ParentTls tls,
        byte[] token,
        String version,
        int javaVersion,
        long parentPid,
        long failsafeMillis) {

    public BootTicket {
        if (token.length != Protocol.SECRET_LENGTH) {
            throw new IllegalArgumentException("a token has " + Protocol.SECRET_LENGTH + " bytes");
        }
        token = token.clone();
    }

    @Override
    public byte[] token() {
        return token.clone();
    }

    /** The token, as text for its environment variable. Secret. */
    public String encodeToken() {
        return base64(token);
    }

    /** All but the token, as text for the environment variable. */
    public String encode() {
        return "pool=" + escape(pool) + ";runner=" + escape(runnerId) + ";address=" + escape(address.toString())
                + encodeTls()
                + ";version=" + escape(version) + ";java=" + javaVersion + ";pid=" + parentPid + ";failsafe="
                + failsafeMillis;
    }

    /** Whether what {@link #encode()} gave has a Unix-domain socket for an address; quicker than to read all of it. */
    public static boolean namesUnixSocket(String text) {
        return text.contains(";address=unix");
    }

    /**
     * Reads what {@link #encode()} and {@link #encodeToken()} give. The message of a failure does not hold the token.
     */
    public static BootTicket parse(String text, String token) {
        Map<String, String> fields = new HashMap<>();
        for (String field : text.split(";", -1)) {
            int equals = field.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("The variable FLAME_PARENT is malformed: a field has no '='");
            }
            fields.put(
                    field.substring(0, equals), URLDecoder.decode(field.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return new BootTicket(
                need(fields, "pool"),
                need(fields, "runner"),
                WireAddress.parse(need(fields, "address")),
                tls(fields),
                token(token),
                need(fields, "version"),
                Integer.parseInt(need(fields, "java")),
                Long.parseLong(need(fields, "pid")),
                Long.parseLong(need(fields, "failsafe")));
    }

    private String encodeTls() {
        if (tls instanceof ParentTls.Pinned pin) {
            return ";cert=" + base64(pin.sha256());
        }
        if (tls instanceof ParentTls.Files files) {
            String name = files.parentName();
            return ";mtls=" + escape(files.directory()) + (name == null ? "" : ";name=" + escape(name));
        }
        return "";
    }

    private static @Nullable ParentTls tls(Map<String, String> fields) {
        String directory = fields.get("mtls");
        if (directory != null) {
            return new ParentTls.Files(directory, fields.get("name"));
        }
        String certificate = fields.get("cert");
        return certificate == null
                ? null
                : new ParentTls.Pinned(Base64.getUrlDecoder().decode(certificate));
    }

    private static byte[] token(String text) {
        try {
            return Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            // The decoder's message holds a part of it.
            throw new IllegalArgumentException("The variable FLAME_PARENT_TOKEN is malformed: it is not in base64");
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String need(Map<String, String> fields, String name) {
        String value = fields.get(name);
        if (value == null) {
            throw new IllegalArgumentException("The variable FLAME_PARENT is malformed: it has no field " + name);
        }
        return value;
    }

    private static String escape(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BootTicket that
                && encode().equals(that.encode())
                && MessageDigest.isEqual(token, that.token);
    }

    @Override
    public int hashCode() {
        return Objects.hash(pool, runnerId);
    }

    @Override
    public String toString() {
        return "BootTicket[runner=" + runnerId + ", address=" + address + "]";
    }
}
