import org.jspecify.annotations.NullMarked;

/** Help for tests of code that runs on flame4j pools, and of backends. */
@NullMarked
module io.flame4j.testkit {
    requires transitive io.flame4j.core;
    requires transitive org.junit.jupiter.api;
    requires static org.jspecify;

    exports io.flame4j.testkit;
}
