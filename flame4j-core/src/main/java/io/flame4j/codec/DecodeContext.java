package io.flame4j.codec;

import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.util.Objects;

/**
 * What a {@link Codec} must respect when it decodes, and whom the bytes are from. On a parent the filter is that of the pool
 * ({@link io.flame4j.FlamePoolBuilder#resultFilter}), which knows how large this very message is; on a runner it lets in
 * all classes. A codec that does not read with {@link java.io.ObjectInputStream} finds its classes by
 * {@link #loadClass(String)}, or asks {@link #check(Class)} before it makes an object, and asks
 * {@link #checkArray(Class, long)} before it makes an array or a table of a length that the message names. What it
 * refuses fails the call even if the codec goes on. For one message, and not thread-safe.
 *
 * @param classLoader finds the application's classes
 * @param filter decides which classes may be made and how large the graph may grow; all that it does not reject is allowed
 * @param fromParent whether the bytes are a task's, which a runner reads: its parent, whom it trusts with all of its code,
 *     has written them. False on a parent, where a runner has, which may have been taken over. A codec that cannot keep
 *     bytes from doing harm refuses to decode when this is false
 * @since 0.1
 */
public record DecodeContext(ClassLoader classLoader, ObjectInputFilter filter, boolean fromParent) {

    /** Checks. */
    public DecodeContext {
        Objects.requireNonNull(classLoader, "classLoader");
        Objects.requireNonNull(filter, "filter");
    }

    /**
     * A context for bytes that are not to be trusted: not {@link #fromParent()}.
     *
     * @param classLoader finds the application's classes
     * @param filter decides which classes may be made
     * @since 0.1
     */
    public DecodeContext(ClassLoader classLoader, ObjectInputFilter filter) {
        this(classLoader, filter, false);
    }

    /**
     * Finds a class without initialising it, and asks the filter for it.
     *
     * @param name the binary name
     * @return the class
     * @throws ClassNotFoundException when it is missing
     * @throws InvalidClassException when it is refused
     */
    public Class<?> loadClass(String name) throws ClassNotFoundException, InvalidClassException {
        Class<?> type = Class.forName(name, false, classLoader);
        check(type);
        return type;
    }

    /**
     * Asks the filter for a class.
     *
     * @param type the class of an object that is to be made
     * @throws InvalidClassException when it is refused
     */
    public void check(Class<?> type) throws InvalidClassException {
        ask(new Question(type, -1));
    }

    /**
     * Asks the filter for an array.
     *
     * @param type the class of the array, not that of its elements
     * @param length how many elements it is to have
     * @throws InvalidClassException when it is refused
     */
    public void checkArray(Class<?> type, long length) throws InvalidClassException {
        ask(new Question(type, length));
    }

    private void ask(Question question) throws InvalidClassException {
        if (filter.checkInput(question) == ObjectInputFilter.Status.REJECTED) {
            throw new InvalidClassException(
                    question.serialClass.getTypeName(),
                    "refused by the filter" + (question.arrayLength < 0 ? "" : ": length " + question.arrayLength));
        }
    }

    /** Depth, references and bytes are not known to those who ask this way. */
    private record Question(Class<?> serialClass, long arrayLength) implements ObjectInputFilter.FilterInfo {

        private Question {
            Objects.requireNonNull(serialClass, "type");
        }

        @Override
        public long depth() {
            return 1;
        }

        @Override
        public long references() {
            return 1;
        }

        @Override
        public long streamBytes() {
            return 1;
        }
    }
}
