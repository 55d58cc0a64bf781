package io.flame4j.internal.closure;

import static org.assertj.core.api.Assertions.assertThat;

import com.acme.Till;
import io.flame4j.CodeMismatchException;
import io.flame4j.RemoteTaskException;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailureTripTest {

    static final class Checked extends Exception {
        private static final long serialVersionUID = 1L;
        final int code;

        Checked(int code, Throwable cause) {
            super("checked " + code, cause);
            this.code = code;
        }
    }

    static final class Holding extends RuntimeException {
        private static final long serialVersionUID = 1L;
        final Object held;

        Holding(Object held) {
            super("holding");
            this.held = held;
        }
    }

    static final class Rude extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final Object cannotTravel = new Object();

        @Override
        public String getMessage() {
            throw new IllegalStateException("no");
        }
    }

    @Test
    void arrives_as_what_it_is() throws IOException {
        Checked thrown = new Checked(42, new IOException("disk"));
        thrown.addSuppressed(new SQLException("rollback", "08000", 7));
        Throwable read = Trips.failure(thrown);
        assertThat(read).isInstanceOf(Checked.class).hasMessage("checked 42");
        assertThat(((Checked) read).code).isEqualTo(42);
        assertThat(read.getCause()).isInstanceOf(IOException.class).hasMessage("disk");
        assertThat(((SQLException) read.getSuppressed()[0]).getSQLState()).isEqualTo("08000");
    }

    @Test
    void joins_the_frames_of_the_runner_and_of_the_caller() throws Throwable {
        Throwable thrown = null;
        try {
            Trips.run(Till.failing());
        } catch (IllegalStateException e) {
            thrown = e;
        }
        Throwable read = Trips.failure(thrown);
        assertThat(read).isExactlyInstanceOf(IllegalStateException.class).hasMessage("till is empty");
        StackTraceElement[] frames = read.getStackTrace();
        assertThat(frames[0].getClassName()).isEqualTo("com.acme.Till");
        assertThat(frames[1]).hasToString("flame4j.runner thumbs-3.call(remote above, caller below)");
        assertThat(frames).as("the caller's").hasSizeGreaterThan(4);
        assertThat(frames).noneMatch(f -> f.getClassName().startsWith("io.flame4j.internal."));
        StackTraceElement[] ofCause = read.getCause().getStackTrace();
        assertThat(ofCause[1]).hasToString("flame4j.runner thumbs-3.call(remote above, caller below)");
        java.io.StringWriter text = new java.io.StringWriter();
        read.printStackTrace(new java.io.PrintWriter(text));
        assertThat(text.toString())
                .containsPattern("Caused by: .*who took it\\?\\R\\s+at com.acme.Till.*\\R\\s+\\.\\.\\. ");
    }

    @Test
    void exceptions_of_our_own_arrive_too() throws IOException {
        assertThat(Trips.failure(new CodeMismatchException("old", null)))
                .isExactlyInstanceOf(CodeMismatchException.class);
    }

    @Test
    void one_that_cannot_travel_arrives_as_text() throws IOException {
        Throwable read = Trips.failure(new Holding(new Till.Plain()));
        assertThat(read)
                .isInstanceOf(RemoteTaskException.class)
                .hasMessageContaining(Holding.class.getName() + ": holding")
                .hasMessageContaining("com.acme.Till$Plain");
        RemoteTaskException remote = (RemoteTaskException) read;
        assertThat(remote.remoteClassName()).isEqualTo(Holding.class.getName());
        assertThat(remote.remoteMessage()).isEqualTo("holding");
        assertThat(remote.remoteStackTrace()).contains("FailureTripTest.one_that_cannot_travel_arrives_as_text");
    }

    @Test
    void one_that_cannot_travel_names_the_path() throws IOException {
        assertThat(Trips.failure(new Holding(new Object())))
                .hasMessageContaining("Path: exception → " + Holding.class.getTypeName() + ".held → java.lang.Object.")
                .hasMessageContaining("Cure: keep in the exception the data that the caller needs");
        assertThat(Trips.failure(new IllegalStateException("x", new Holding(new Till.Plain())))
                        .getCause())
                .hasMessageContaining(Holding.class.getTypeName() + ".held → com.acme.Till$Plain. Cure: make com.acme")
                .hasMessageContaining("transient, or keep in the exception only what the caller needs");
    }

    @Test
    void one_that_cannot_travel_shows_where_it_was_thrown() throws Throwable {
        Throwable thrown = null;
        try {
            Trips.run(Till.failingStuck());
        } catch (Till.Stuck e) {
            thrown = e;
        }
        StackTraceElement[] caller = FailureDecoder.callerFrames();
        Throwable read = Trips.failure(thrown);
        StackTraceElement[] frames = read.getStackTrace();
        assertThat(frames[0].getClassName()).isEqualTo("com.acme.Till");
        int marker = List.of(frames)
                .indexOf(new StackTraceElement("flame4j.runner thumbs-3", "call", "remote above, caller below", -1));
        assertThat(marker).isEqualTo(1);
        assertThat(frames).as("the caller's frames once").hasSizeLessThanOrEqualTo(marker + 1 + caller.length);
    }

    @Test
    void frames_are_read_from_any_trace() {
        String message = "two lines\n\tat com.acme.Fake.frame(Fake.java:1)";
        String trace = "com.acme.Odd: " + message + """

                \tat app//com.acme.Main.run(Main.java:42)
                \tat java.base@17.0.1/java.util.ArrayList.forEach(ArrayList.java:1511)
                \tat loader/mod@1/com.acme.In.<init>(In.java)
                \tat com.acme.Two$$Lambda$14/0x00007f84a4123118.call(Unknown Source)
                \tat java.base/jdk.internal.Reflect.invoke0(Native Method)
                \tat nonsense
                Caused by: java.lang.Exception
                \tat com.acme.Cause.run(Cause.java:7)
                """;
        assertThat(RemoteFrames.parse(trace, message))
                .containsExactly(
                        new StackTraceElement("app", null, null, "com.acme.Main", "run", "Main.java", 42),
                        new StackTraceElement(
                                null, "java.base", "17.0.1", "java.util.ArrayList", "forEach", "ArrayList.java", 1511),
                        new StackTraceElement("loader", "mod", "1", "com.acme.In", "<init>", "In.java", -1),
                        new StackTraceElement("com.acme.Two$$Lambda$14/0x00007f84a4123118", "call", null, -1),
                        new StackTraceElement(null, "java.base", null, "jdk.internal.Reflect", "invoke0", null, -2));
        assertThat(RemoteFrames.parse("X\nCaused by: Y\n\tat com.acme.Cause.run(Cause.java:7)\n", null))
                .as("one without frames does not get those of its cause")
                .isEmpty();
        for (String odd :
                List.of("", "\tat ", "\tat (", "\tat )", "\tat .()", "\tat a.b(", "\tat ////.(:)", "\tat /.a()")) {
            assertThat(RemoteFrames.parse(odd, null)).hasSizeLessThanOrEqualTo(1);
        }
    }

    @Test
    void a_cause_that_cannot_travel_is_replaced_and_the_rest_kept() throws IOException {
        Checked thrown = new Checked(1, new IllegalStateException("middle", new Holding(new Till.Plain())));
        thrown.addSuppressed(new Holding(new Object()));
        thrown.addSuppressed(new Holding("fine"));
        Throwable read = Trips.failure(thrown);
        assertThat(read).isInstanceOf(Checked.class);
        assertThat(read.getCause()).isInstanceOf(IllegalStateException.class).hasMessage("middle");
        assertThat(read.getCause().getCause())
                .isInstanceOf(RemoteTaskException.class)
                .hasMessageContaining("holding");
        assertThat(read.getSuppressed()[0]).isInstanceOf(RemoteTaskException.class);
        assertThat(read.getSuppressed()[1]).isInstanceOf(Holding.class);
    }

    @Test
    void cycles_do_no_harm() throws IOException {
        Exception one = new Exception("one");
        Exception two = new Exception("two", one);
        one.initCause(two);
        Throwable read = Trips.failure(one);
        assertThat(read).hasMessage("one");
        assertThat(read.getCause().getCause()).isSameAs(read);
        Exception bad = new Exception("bad");
        bad.initCause(new Exception("around", bad));
        bad.addSuppressed(new Holding(new Object()));
        assertThat(Trips.failure(bad).getSuppressed()[0]).isInstanceOf(RemoteTaskException.class);
    }

    @Test
    void rude_exceptions_and_deep_ones_do_no_harm() throws IOException {
        assertThat(Trips.failure(new Rude()))
                .isInstanceOf(RemoteTaskException.class)
                .hasMessageContaining("its getMessage() failed");
        Throwable deep = new Exception("bottom");
        for (int i = 0; i < 20_000; i++) {
            deep = new Exception("level", deep);
        }
        assertThat(Trips.failure(deep)).isInstanceOf(RemoteTaskException.class).hasMessageContaining("too deeply");
        assertThat(Trips.failure(new StackOverflowError("mine"))).isInstanceOf(StackOverflowError.class);
        assertThat(Trips.failure(new OutOfMemoryError("Java heap space"))).isInstanceOf(OutOfMemoryError.class);
    }

    @Test
    void an_exception_class_that_the_filter_refuses_arrives_as_text() throws IOException {
        ObjectInputFilter filter = ObjectInputFilter.Config.createFilter("java.base/*;!*");
        Throwable read = Trips.failure(new Checked(3, null), getClass().getClassLoader(), Trips.asking(filter));
        assertThat(read)
                .isInstanceOf(RemoteTaskException.class)
                .hasMessageContaining("checked 3")
                .hasMessageContaining("class " + Checked.class.getName() + ", which the filter of this JVM refuses");
        assertThat(Trips.failure(new IllegalStateException("x"), getClass().getClassLoader(), Trips.asking(filter)))
                .isExactlyInstanceOf(IllegalStateException.class);
    }

    @Test
    void failures_of_the_runner_itself_show_no_frames_of_ours() throws IOException {
        Throwable read = Trips.failure(new CodeMismatchException("old", null));
        assertThat(read.getStackTrace()).noneMatch(f -> f.getClassName().startsWith("io.flame4j.internal."));
        assertThat(read.getStackTrace()).anyMatch(f -> f.getClassName().equals("flame4j.runner thumbs-3"));
    }
}
