package io.flame4j.spring.internal.call;

import io.flame4j.CallOptions;
import io.flame4j.spring.FlameCall;
import java.lang.reflect.Method;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.env.Environment;

/**
 * What an annotation says.
 *
 * @param pool the pool's name; empty for the only one
 * @param kind how the method is called
 * @param options how its calls are treated
 */
record CallSettings(String pool, CallKind kind, CallOptions options) {

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException when a value cannot be; the message names the attribute
     */
    static CallSettings of(Method method, FlameCall call, Environment environment) {
        CallKind kind = CallKind.of(method, call.await());
        if (call.await() && method.getReturnType() != void.class) {
            throw new IllegalArgumentException(
                    "await is for void methods; this one returns something. Leave await out.");
        }
        CallOptions options = CallOptions.defaults();
        String timeout = resolve("timeout", call.timeout(), environment);
        if (!timeout.isEmpty()) {
            try {
                options = options.timeout(DurationStyle.detectAndParse(timeout));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "timeout = \"" + timeout
                                + "\" is no positive duration. Write it as in properties, such as \"2m\".",
                        e);
            }
        }
        if (call.retries() < 0) {
            throw new IllegalArgumentException("retries = " + call.retries() + " must not be negative.");
        }
        options = options.retries(call.retries());
        if (call.detached()) {
            options = options.detached();
        }
        return new CallSettings(resolve("pool", call.pool(), environment), kind, options);
    }

    private static String resolve(String attribute, String value, Environment environment) {
        try {
            return environment.resolveRequiredPlaceholders(value).trim();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(attribute + " = \"" + value + "\": " + e.getMessage() + ".", e);
        }
    }
}
