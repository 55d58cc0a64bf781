package io.flame4j.fory;

/** An object of a class that never travels. */
final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String className;
    private final String cure;

    RefusedException(Class<?> type, String cure) {
        super(type.getName());
        this.className = type.getName();
        this.cure = cure;
    }

    String className() {
        return className;
    }

    String cure() {
        return cure;
    }
}
