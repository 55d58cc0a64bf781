package io.flame4j.spring.internal.test;

import io.flame4j.spring.FlameCall;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.TypeExcludeFilter;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.core.type.classreading.MetadataReader;
import org.springframework.core.type.classreading.MetadataReaderFactory;

/** Leaves out of a slice what has no annotated methods and was not asked for. */
final class SliceFilter extends TypeExcludeFilter {

    private final Set<Class<?>> components;

    SliceFilter(Set<Class<?>> components) {
        this.components = components;
    }

    @Override
    public boolean match(MetadataReader reader, MetadataReaderFactory readers) throws IOException {
        String name = reader.getClassMetadata().getClassName();
        return components.stream().noneMatch(each -> each.getName().equals(name)) && !hasCalls(reader, readers);
    }

    /** Also in the interfaces and classes above it, as far as they can be read. */
    private static boolean hasCalls(MetadataReader reader, MetadataReaderFactory readers) throws IOException {
        AnnotationMetadata type = reader.getAnnotationMetadata();
        if (type.hasAnnotatedMethods(FlameCall.class.getName())) {
            return true;
        }
        for (String each : type.getInterfaceNames()) {
            if (hasCalls(readers.getMetadataReader(each), readers)) {
                return true;
            }
        }
        String above = type.getSuperClassName();
        return above != null && !above.startsWith("java.") && hasCalls(readers.getMetadataReader(above), readers);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SliceFilter filter && components.equals(filter.components);
    }

    @Override
    public int hashCode() {
        return components.hashCode();
    }
}
