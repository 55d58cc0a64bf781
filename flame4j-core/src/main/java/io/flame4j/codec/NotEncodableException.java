package io.flame4j.codec;

import java.io.NotSerializableException;
import java.util.Objects;

/**
 * A codec cannot encode objects of a class, and says what to do about it. The message is the name of the class, by which
 * flame4j finds the way to the object, as for any {@link NotSerializableException}; the cure is put behind that way in
 * place of the general advice to make the class serializable.
 *
 * @since 0.1
 */
public class NotEncodableException extends NotSerializableException {

    private static final long serialVersionUID = 1L;

    private final String cure;

    /**
     * Creates an exception.
     *
     * @param className the binary name of the class, as {@link Class#getName()} gives it
     * @param cure what to do, a sentence that follows "Cure: ": {@code register it in com.acme.AppCodec.}
     */
    public NotEncodableException(String className, String cure) {
        super(Objects.requireNonNull(className, "className"));
        this.cure = Objects.requireNonNull(cure, "cure");
    }

    /**
     * What to do.
     *
     * @return a sentence
     */
    public String cure() {
        return cure;
    }
}
