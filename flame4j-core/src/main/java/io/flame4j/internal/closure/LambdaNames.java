package io.flame4j.internal.closure;

import java.lang.invoke.SerializedLambda;
import org.jspecify.annotations.Nullable;

/** Names inside of serialized lambdas. */
final class LambdaNames {

    private LambdaNames() {}

    /** {@code com/acme/Main} to {@code com.acme.Main}. */
    static String className(String internalName) {
        return internalName.replace('/', '.');
    }

    /**
     * The application class that holds the body of a lambda, when that is another than the one it is written in and can
     * be found; else null.
     */
    static @Nullable Class<?> foreignImplementation(SerializedLambda lambda) {
        if (lambda.getImplClass().equals(lambda.getCapturingClass())) {
            return null;
        }
        // The lambda does not tell its class loader, so these are guesses. When neither knows the class, it is only not
        // compared.
        Class<?> found =
                find(className(lambda.getImplClass()), Thread.currentThread().getContextClassLoader());
        if (found == null) {
            found = find(className(lambda.getImplClass()), LambdaNames.class.getClassLoader());
        }
        return found == null || ClassFingerprint.isPlatform(found) ? null : found;
    }

    /** The class of that name, not initialised, or null. */
    static @Nullable Class<?> find(String name, @Nullable ClassLoader loader) {
        try {
            return Class.forName(name, false, loader);
        } catch (ClassNotFoundException | LinkageError e) {
            return null;
        }
    }

    /** Whether the compiler made up the method, so that it is the body of a lambda and not a method reference. */
    static boolean isLambdaBody(String implMethodName) {
        return implMethodName.startsWith("lambda$");
    }

    /**
     * For messages: {@code lambda in com.acme.Main.run(Main.java:42)}, {@code method reference com.acme.Main::run in
     * com.acme.Other}.
     *
     * @param implementation the class of the body, to look the line up in; null when it does not matter
     */
    static String describe(
            String capturingClass, String implClass, String implMethodName, @Nullable Class<?> implementation) {
        if (!isLambdaBody(implMethodName)) {
            String method = implMethodName.equals("<init>") ? "new" : implMethodName;
            return "method reference " + className(implClass) + "::" + method + " in " + className(capturingClass);
        }
        String line = implementation == null ? null : SourceLine.of(implementation, implMethodName);
        return "lambda in " + className(implClass) + enclosingMethod(implMethodName)
                + (line == null ? "" : "(" + line + ")");
    }

    /** {@code lambda$run$5f3759df$1} to {@code .run}, as stack traces write it. */
    private static String enclosingMethod(String implMethodName) {
        int from = "lambda$".length();
        int end = implMethodName.indexOf('$', from);
        String method = end < 0 ? "" : implMethodName.substring(from, end);
        return switch (method) {
            // Compilers other than javac number their lambdas without naming the method.
            case "" -> "";
            case "new" -> ".<init>";
            case "static" -> ".<clinit>";
            default -> "." + method;
        };
    }
}
