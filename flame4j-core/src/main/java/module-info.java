import org.jspecify.annotations.NullMarked;

/** Pools that run closures on separate, short-lived JVMs. */
@NullMarked
module io.flame4j.core {
    requires java.management;
    requires jdk.unsupported;
    requires org.slf4j;
    requires static jdk.jfr;
    requires static org.jspecify;

    exports io.flame4j;
    exports io.flame4j.backend;
    exports io.flame4j.codec;
    exports io.flame4j.context;
    exports io.flame4j.logs;

    uses io.flame4j.context.ContextPropagator;
    uses io.flame4j.logs.RunnerLogSource;
}
