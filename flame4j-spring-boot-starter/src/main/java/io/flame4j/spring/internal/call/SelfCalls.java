package io.flame4j.spring.internal.call;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.SpringAsmInfo;
import org.springframework.asm.Type;

/**
 * Finds annotated methods that a class calls on {@code this}, by reading its class files. A call from an annotated method,
 * or from what only such methods call, is none: it is made on the runner, where it is meant to run in place. Not found are
 * calls on {@code this} that was put into a variable or handed to another class, and by reflection.
 */
final class SelfCalls {

    private static final Logger LOG = LoggerFactory.getLogger(SelfCalls.class);

    private final Set<String> annotated = new HashSet<>();

    /** What each method calls on {@code this}, by name and descriptor. */
    private final Map<String, List<String>> calls = new LinkedHashMap<>();

    /** Methods that others may call. */
    private final Set<String> roots = new HashSet<>();

    private SelfCalls(Collection<Method> methods) {
        methods.forEach(method -> annotated.add(method.getName() + Type.getMethodDescriptor(method)));
    }

    /** The annotated methods that are called so, each with the name of a method that does. */
    static Map<Method, String> of(Class<?> type, Collection<Method> methods) {
        SelfCalls scan = new SelfCalls(methods);
        Set<String> classes = new HashSet<>();
        List<Class<?>> hierarchy = new ArrayList<>();
        for (Class<?> each = type; each != null && each.getClassLoader() != null; each = each.getSuperclass()) {
            hierarchy.add(each);
            classes.add(Type.getInternalName(each));
        }
        hierarchy.forEach(each -> scan.read(each, classes));
        Map<String, String> found = scan.find();
        Map<Method, String> result = new LinkedHashMap<>();
        for (Method method : methods) {
            String caller = found.get(method.getName() + Type.getMethodDescriptor(method));
            if (caller != null) {
                result.put(method, caller);
            }
        }
        return result;
    }

    private void read(Class<?> type, Set<String> classes) {
        String file = type.getName().replace('.', '/') + ".class";
        try (InputStream in = type.getClassLoader().getResourceAsStream(file)) {
            if (in != null) {
                new ClassReader(in).accept(new Scan(classes), ClassReader.SKIP_DEBUG);
            }
        } catch (IOException | RuntimeException e) {
            // A class file of a later Java than this Spring knows, or none at all: the check is for convenience.
            LOG.debug("The class file of {} cannot be searched for calls of itself", type, e);
        }
    }

    /** Follows the calls from what others may call to annotated methods. */
    private Map<String, String> find() {
        Map<String, String> found = new LinkedHashMap<>();
        Set<String> seen = new HashSet<>(roots);
        Deque<String> next = new ArrayDeque<>(roots);
        while (!next.isEmpty()) {
            String caller = next.remove();
            for (String called : calls.getOrDefault(caller, List.of())) {
                if (annotated.contains(called)) {
                    found.putIfAbsent(called, readable(caller));
                } else if (seen.add(called)) {
                    next.add(called);
                }
            }
        }
        return found;
    }

    /** The method's name; of the body of a lambda, the name of the method that it is written in. */
    private static String readable(String method) {
        String name = method.substring(0, method.indexOf('('));
        if (name.startsWith("lambda$")) {
            name = name.substring("lambda$".length(), name.lastIndexOf('$'));
        }
        return name.equals("<init>") || name.equals("new") ? "a constructor" : name + "(…)";
    }

    private final class Scan extends ClassVisitor {

        private final Set<String> classes;

        Scan(Set<String> classes) {
            super(SpringAsmInfo.ASM_VERSION);
            this.classes = classes;
        }

        @Override
        public @Nullable MethodVisitor visitMethod(
                int access,
                String name,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            String method = name + descriptor;
            boolean inner = (access & (Opcodes.ACC_PRIVATE | Opcodes.ACC_SYNTHETIC)) != 0 && !name.equals("<init>");
            if (!inner && !annotated.contains(method)) {
                roots.add(method);
            }
            if ((access & Opcodes.ACC_STATIC) != 0) {
                return null;
            }
            return new ThisFlow(
                    classes,
                    called -> calls.computeIfAbsent(method, any -> new ArrayList<>())
                            .add(called));
        }
    }
}
