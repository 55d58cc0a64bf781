package io.flame4j.internal.closure;

/** What was to travel, for messages that say why it cannot. */
enum Cargo {
    TASK("pass", "the task needs"),
    RESULT("return", "the caller needs"),
    PROGRESS("send", "the listener needs"),
    FAILURE("keep in the exception", "the caller needs");

    /** What the author of the task does with a value, so that it travels: {@code return}. */
    final String verb;

    /** Whom it is for: {@code the caller needs}. */
    final String need;

    Cargo(String verb, String need) {
        this.verb = verb;
        this.need = need;
    }
}
