package io.flame4j.spring.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.context.SpringBootTestContextBootstrapper;
import org.springframework.test.context.BootstrapWith;
import org.springframework.test.context.junit.jupiter.SpringExtension;

/**
 * A test whose pools run in its own JVM, on {@link io.flame4j.backend.LocalBackend}, whatever the application's properties
 * say. Tasks, arguments and results still make the trip through bytes, and methods with
 * {@link io.flame4j.spring.FlameCall} run on the beans of the test's own context.
 *
 * <p>Beside {@code @SpringBootTest}, the context is that of the whole application. Alone, it is a slice: the pools, the
 * components with {@code @FlameCall} methods, and {@link #components()}; no other component, no configuration class but that
 * of the application itself, no other auto-configuration and no web.
 *
 * @since 0.1
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ExtendWith(SpringExtension.class)
@BootstrapWith(SpringBootTestContextBootstrapper.class)
public @interface FlameTest {

    /**
     * More components of the slice, which those with {@code @FlameCall} methods need. Means nothing beside
     * {@code @SpringBootTest}.
     *
     * @return their classes
     */
    Class<?>[] components() default {};
}
