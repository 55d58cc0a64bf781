package io.flame4j.fory;

import java.lang.reflect.Proxy;
import org.apache.fory.Fory;
import org.apache.fory.serializer.Serializer;
import org.apache.fory.serializer.SerializerFactory;
import org.jspecify.annotations.Nullable;

/** Asked for each class before Fory first writes it: keeps lambdas and proxies out, which Fory would let pass unregistered. */
final class RefusingFactory implements SerializerFactory {

    @Override
    public @Nullable Serializer<?> createSerializer(Fory fory, Class<?> type) {
        if (type.isHidden() || type.getName().contains("$$Lambda")) {
            throw new RefusedException(
                    type,
                    "capture the lambda itself, not an object or a collection that holds it: what it means on a runner is"
                            + " only checked there.");
        }
        if (Proxy.isProxyClass(type)) {
            throw new RefusedException(type, "pass the data that the task needs from the proxy.");
        }
        return null;
    }
}
