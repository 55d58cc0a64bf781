package io.flame4j.spring.internal.call;

import io.flame4j.spring.FlameCall;
import java.lang.reflect.Method;
import java.util.Map;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.BridgeMethodResolver;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;

/** Finds the annotation, on methods of classes and of the interfaces that they implement. */
final class AnnotatedMethods {

    private AnnotatedMethods() {}

    /** The annotated methods of a class, of whatever access. */
    static Map<Method, FlameCall> of(Class<?> type) {
        if (!AnnotationUtils.isCandidateClass(type, FlameCall.class)) {
            return Map.of();
        }
        return MethodIntrospector.selectMethods(type, (MethodIntrospector.MetadataLookup<FlameCall>)
                method -> AnnotatedElementUtils.findMergedAnnotation(method, FlameCall.class));
    }

    /** The method of the class that a call of this method comes to. */
    static Method specific(Method method, Class<?> type) {
        return BridgeMethodResolver.findBridgedMethod(AopUtils.getMostSpecificMethod(method, type));
    }
}
