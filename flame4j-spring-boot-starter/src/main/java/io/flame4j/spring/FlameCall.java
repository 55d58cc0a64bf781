package io.flame4j.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.core.annotation.AliasFor;

/**
 * A method of a bean that runs on a runner when it is called from outside the bean. What travels is the bean's name, the
 * method and the arguments; the method runs on the bean of that name in the runner's own context.
 *
 * <pre>{@code
 * @FlameCall(pool = "thumbs", timeout = "2m", retries = 1)
 * public byte[] thumbnail(byte[] picture) { … }
 * }</pre>
 *
 * <p>By its return type, a method is called so:
 *
 * <ul>
 *   <li>a value: the caller waits for it. What the method throws reaches the caller as what it is
 *   <li>{@code CompletableFuture}, {@code CompletionStage} or {@code Future}: the caller goes on. The runner waits for the
 *       method's own future, so that what travels back is its value
 *   <li>{@code void}: nobody waits, and what it throws goes to the pool's listeners and the log; with
 *       {@link #await()} the caller waits
 * </ul>
 *
 * <p>Arguments and value must be able to travel, as those of any call. On a runner, and in a task on threads of this JVM, the
 * method runs in place, like one without the annotation.
 *
 * <p>What cannot work is refused when the application starts, with the bean, the method and the cure: a private, final or
 * static method, one that is {@code @Async} as well, one whose parameters cannot travel, one that its own bean calls on
 * itself.
 *
 * @since 0.1
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface FlameCall {

    /**
     * The pool.
     *
     * @return its name, which may contain placeholders; empty for the only one
     */
    @AliasFor("pool")
    String value() default "";

    /**
     * The pool.
     *
     * @return its name, which may contain placeholders; empty for the only one
     */
    @AliasFor("value")
    String pool() default "";

    /**
     * The time limit of a call, as {@link io.flame4j.CallOptions#timeout(java.time.Duration)}.
     *
     * @return the limit in Boot's notation, such as {@code 2m}, which may contain placeholders; empty for the pool's, and
     *     for none where nobody waits
     */
    String timeout() default "";

    /**
     * How often a call is repeated whose runner was lost, as {@link io.flame4j.CallOptions#retries(int)}.
     *
     * @return how often
     */
    int retries() default 0;

    /**
     * Whether the caller of a {@code void} method waits for its end.
     *
     * @return whether it does
     */
    boolean await() default false;

    /**
     * Whether the link between the call and its caller is cut, as {@link io.flame4j.CallOptions#detached()}.
     *
     * @return whether it is
     */
    boolean detached() default false;
}
