package io.flame4j.opentelemetry;

import io.opentelemetry.api.common.AttributeKey;

/** The attributes of our spans: OpenTelemetry's conventions for remote calls, and what only we have. */
final class Keys {

    static final AttributeKey<String> RPC_SYSTEM = AttributeKey.stringKey("rpc.system.name");
    static final AttributeKey<String> RPC_METHOD = AttributeKey.stringKey("rpc.method");
    static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");
    static final AttributeKey<String> POOL = AttributeKey.stringKey("flame4j.pool");
    static final AttributeKey<String> RUNNER = AttributeKey.stringKey("flame4j.runner");
    static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("flame4j.outcome");
    static final AttributeKey<Long> ATTEMPTS = AttributeKey.longKey("flame4j.attempts");

    static final String SYSTEM = "flame4j";

    private static final String LAMBDA = "lambda in ";

    private Keys() {}

    /** The name of a span for a task: as many different ones as the code has places that call. */
    static String method(String task) {
        return task.startsWith(LAMBDA) ? task.substring(LAMBDA.length()) : task;
    }
}
