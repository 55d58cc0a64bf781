package io.flame4j.spring.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.flame4j.Tracked;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.io.Resource;
import org.springframework.web.multipart.MultipartFile;

class TravelTypesTest {

    /** Whose values may be of classes that are serializable. */
    abstract static class Shape {}

    interface Travels<T> {
        void a(int a);

        void b(byte[][] b);

        void c(String c);

        void d(Object d);

        void e(List<? extends Number> e);

        void f(Map<String, BigDecimal[]> f);

        void g(T g);

        void h(T[] h);

        void i(CharSequence i);

        void j(Function<Connection, String> j);

        void k(Tracked<Connection> k);

        void l(Thread.State l);

        void m(ClassCastException m);

        void n(Void n);

        void o(Shape o);

        void p(List<Shape[]> p);
    }

    interface Stays {
        void a(Connection a);

        void b(InputStream b);

        void c(Optional<String> c);

        void d(Stream<String> d);

        void e(List<Path> e);

        void f(Map<String, List<Thread[]>> f);

        void g(MultipartFile g);

        void h(Resource h);

        void i(TravelTypesTest i);

        void j(InputStream[] j);
    }

    static List<Method> travel() {
        return Arrays.asList(Travels.class.getDeclaredMethods());
    }

    static List<Method> stay() {
        return Arrays.asList(Stays.class.getDeclaredMethods());
    }

    @ParameterizedTest
    @MethodSource("travel")
    void travels(Method method) {
        assertThat(TravelTypes.culprit(method.getGenericParameterTypes()[0])).isNull();
    }

    @ParameterizedTest
    @MethodSource("stay")
    void stays(Method method) {
        assertThat(TravelTypes.culprit(method.getGenericParameterTypes()[0])).isNotBlank();
    }

    @Test
    void the_culprit_and_the_cure_are_named() throws ReflectiveOperationException {
        assertThat(TravelTypes.culprit(
                        Stays.class.getDeclaredMethod("e", List.class).getGenericParameterTypes()[0]))
                .contains("java.nio.file.Path", "as a String");
    }
}
