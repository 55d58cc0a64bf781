package io.flame4j.internal.closure;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** One version of some classes, compiled into a directory of its own. */
final class CompiledCode {

    private final Path directory;

    CompiledCode(Path directory) {
        this.directory = directory;
    }

    /** Compiles a class of the package {@code app}. */
    CompiledCode with(String simpleName, String source) throws IOException {
        Path file = directory.resolve("src/app/" + simpleName + ".java");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "package app;\nimport io.flame4j.*;\nimport java.io.Serializable;\n" + source);
        Files.createDirectories(directory.resolve("classes"));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        int status = compiler.run(
                null,
                null,
                null,
                "-proc:none",
                "-g",
                "--release",
                "17",
                "-cp",
                System.getProperty("java.class.path") + java.io.File.pathSeparator + directory.resolve("classes"),
                "-d",
                directory.resolve("classes").toString(),
                file.toString());
        if (status != 0) {
            throw new AssertionError("does not compile: " + file);
        }
        return this;
    }

    Path classes() {
        return directory.resolve("classes");
    }

    /** A loader that looks here first. */
    ClassLoader loader() throws IOException {
        return loader(List.of(classes().toUri().toURL()));
    }

    static ClassLoader loader(List<URL> urls) {
        return new URLClassLoader(urls.toArray(new URL[0]), CompiledCode.class.getClassLoader()) {
            @Override
            protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
                synchronized (getClassLoadingLock(name)) {
                    Class<?> loaded = findLoadedClass(name);
                    if (loaded == null && name.startsWith("app.")) {
                        loaded = findClass(name);
                    }
                    return loaded != null ? loaded : super.loadClass(name, resolve);
                }
            }
        };
    }

    /** Calls a static method without parameters. */
    static Object call(ClassLoader loader, String className, String method) throws ReflectiveOperationException {
        return loader.loadClass(className).getMethod(method).invoke(null);
    }
}
