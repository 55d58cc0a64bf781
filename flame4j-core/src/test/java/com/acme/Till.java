package com.acme;

import io.flame4j.FlameParent;
import io.flame4j.RemoteFunction;
import io.flame4j.RemoteTask;
import io.flame4j.RunnerInitializer;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** An application class of the tests, with the mistakes that people make. */
public final class Till {

    /** Like a JDBC connection: an interface, and its implementation is not serializable. */
    public interface Connection extends AutoCloseable {
        @Override
        void close();
    }

    public static final class PgConnection implements Connection {
        @Override
        public void close() {}
    }

    public static class Customer implements Serializable {
        private static final long serialVersionUID = 1L;
        public transient Connection ignored = new PgConnection();
        public Connection connection;
        public List<Object> orders = new ArrayList<>();
        public Map<String, Object> notes;
    }

    public static class Plain {}

    private final Connection connection = new PgConnection();
    private final String currency = "EUR";

    public RemoteTask<Object, RuntimeException> readsField() {
        return () -> currency + 1;
    }

    public RemoteTask<Object, RuntimeException> callsMethod() {
        return () -> total();
    }

    private int total() {
        return connection == null ? 0 : 1;
    }

    public RemoteTask<Object, RuntimeException> copiesField() {
        String local = currency;
        return () -> local;
    }

    public RemoteTask<Object, RuntimeException> anonymous() {
        return new RemoteTask<>() {
            private static final long serialVersionUID = 1L;

            @Override
            public Object call() {
                return total();
            }
        };
    }

    public RemoteTask<Object, RuntimeException> local() {
        class Sum implements RemoteTask<Object, RuntimeException> {
            private static final long serialVersionUID = 1L;

            @Override
            public Object call() {
                return total();
            }
        }
        return new Sum();
    }

    public RemoteTask<Object, RuntimeException> boundReference() {
        return this::total;
    }

    public static RemoteTask<Object, RuntimeException> captures(Object value) {
        return () -> value;
    }

    public static RemoteTask<Object, RuntimeException> capturesLambda(Callable<Object> value) {
        return () -> value.hashCode();
    }

    public static RemoteFunction<Object, Object, RuntimeException> identity() {
        return value -> value;
    }

    public static Object throwing(RuntimeException failure) {
        RemoteTask<Object, RuntimeException> task = () -> {
            throw failure;
        };
        return task;
    }

    /** An exception that cannot travel. */
    public static final class Stuck extends RuntimeException {
        private static final long serialVersionUID = 1L;
        final Object o = new Object();
    }

    public static RemoteTask<Object, RuntimeException> failingStuck() {
        return () -> {
            throw new Stuck();
        };
    }

    static final class Hidden implements RunnerInitializer {
        public Hidden() {}

        @Override
        public void initialize(FlameParent parent) {}
    }

    public static final class Choosy implements RunnerInitializer {
        public Choosy(String model) {
            assert model != null;
        }

        @Override
        public void initialize(FlameParent parent) {}
    }

    public static RemoteTask<Object, RuntimeException> failing() {
        return () -> {
            RuntimeException cause = new IllegalArgumentException("who took it?");
            throw new IllegalStateException("till is empty", cause);
        };
    }
}
