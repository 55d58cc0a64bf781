import org.jspecify.annotations.NullMarked;

/** A live page that shows pools, their runners and what happens to them. */
@NullMarked
module io.flame4j.dashboard {
    requires io.flame4j.core;
    requires jdk.httpserver;
    requires org.slf4j;
    requires static org.jspecify;

    exports io.flame4j.dashboard;
}
