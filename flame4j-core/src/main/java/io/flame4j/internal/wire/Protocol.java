package io.flame4j.internal.wire;

import java.time.Duration;

/** The numbers of docs/PROTOCOL.md. */
public final class Protocol {

    public static final int VERSION = 1;
    static final int MAGIC = 'F' << 24 | 'L' << 16 | 'A' << 8 | 'M';
    static final int KIND_CONTROL = 1;
    static final int KIND_SLOT = 2;

    /** Length of a token and of a slot key in bytes. */
    public static final int SECRET_LENGTH = 32;

    /** Most bytes read from a peer that has not proved itself. */
    public static final int MAX_HELLO = 4096;

    /** The same where TLS lies around it, its handshake included. */
    public static final int MAX_BEFORE_HELLO = 2 * MAX_HELLO;

    /** The same where the peer shows certificates in its handshake, which may be long. */
    public static final int MAX_BEFORE_MUTUAL_HELLO = 8 * MAX_HELLO;

    public static final Duration HELLO_TIMEOUT = Duration.ofSeconds(5);
    public static final int MAX_CONTROL_FRAME = 65_536;

    public static final int CALL = 1;
    public static final int RESULT = 2;
    public static final int FAILURE = 3;
    public static final int PROGRESS = 4;
    public static final int REFUSED = 5;

    public static final int CALL_DETACHED = 1;
    public static final int CALL_TRACK = 2;
    public static final int CALL_PROGRESS = 4;
    public static final int CALL_TIMED = 8;
    public static final int CALL_CONTEXT = 16;
    public static final int RESULT_TRACKED = 1;
    public static final int ANSWER_TIMED = 2;

    public static final int TARGET_NONE = 0;
    public static final int TARGET_PLACE = 1;
    public static final int TARGET_PLACED = 2;
    public static final int TARGET_TRACKED = 3;
    public static final int TARGET_RELEASE = 4;

    public static final int FAILURE_THROWN = 1;
    public static final int FAILURE_CODE_MISMATCH = 2;
    public static final int FAILURE_TASK_UNREADABLE = 3;
    public static final int FAILURE_RESULT = 4;
    public static final int FAILURE_DEADLINE = 5;
    public static final int FAILURE_GONE = 6;
    public static final int FAILURE_ENDED = 7;

    public static final int EXIT_NOT_CONNECTED = 75;
    public static final int EXIT_REJECTED = 76;
    public static final int EXIT_INIT_FAILED = 77;
    public static final int EXIT_CONDEMNED = 78;
    public static final int EXIT_PARENT_LOST = 79;

    private Protocol() {}
}
