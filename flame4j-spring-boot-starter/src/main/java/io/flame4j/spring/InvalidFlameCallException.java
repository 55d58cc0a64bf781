package io.flame4j.spring;

import io.flame4j.FlameException;
import java.util.Collection;
import java.util.List;

/**
 * Methods with {@link FlameCall} that cannot be called on a runner. Thrown while the application's context starts.
 *
 * @since 0.1
 */
public final class InvalidFlameCallException extends FlameException {

    private static final long serialVersionUID = 1L;

    private final List<String> problems;
    private final List<String> cures;

    /**
     * Makes one.
     *
     * @param problems what is wrong, each with bean, method and cure
     * @param cures what to do, as sentences, where that is more than to change the methods as the problems say
     */
    public InvalidFlameCallException(List<String> problems, Collection<String> cures) {
        super(
                problems.size() == 1
                        ? problems.get(0)
                        : "These @FlameCall methods cannot be called on a runner:\n- " + String.join("\n- ", problems));
        this.problems = List.copyOf(problems);
        this.cures = List.copyOf(cures);
    }

    /**
     * What is wrong.
     *
     * @return each with bean, method and cure
     */
    public List<String> problems() {
        return problems;
    }

    /**
     * What to do, where that is more than to change the methods as the message says.
     *
     * @return sentences; often none
     */
    public List<String> cures() {
        return cures;
    }
}
