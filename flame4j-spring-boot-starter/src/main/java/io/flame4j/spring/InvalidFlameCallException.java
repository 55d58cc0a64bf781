package io.flame4j.spring;

import io.flame4j.FlameException;
import java.util.List;

/**
 * Methods with {@link FlameCall} that cannot be called on a runner. Thrown while the application's context starts.
 *
 * @since 0.1
 */
public final class InvalidFlameCallException extends FlameException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param problems what is wrong, each with bean, method and cure
     */
    public InvalidFlameCallException(List<String> problems) {
        super(
                problems.size() == 1
                        ? problems.get(0)
                        : "These @FlameCall methods cannot be called on a runner:\n- " + String.join("\n- ", problems));
    }
}
