package io.flame4j.testkit.kubernetes.internal.http;

import java.io.IOException;
import java.util.Map;

/** Takes the answer to one request: exactly one call of one method. */
public interface Exchange {

    /**
     * Answers.
     *
     * @param status the HTTP status
     * @param headers besides those about the body
     * @param type of the body
     * @param body the body
     * @throws IOException when the client is gone
     */
    void answer(int status, Map<String, String> headers, String type, byte[] body) throws IOException;

    /**
     * Answers with a stream of messages, in a web socket if the client has asked for one. Messages are written by a
     * thread of the stream until its source ends, the client goes, or the stream is cut.
     *
     * @param source what to send
     * @throws IOException when the client is gone
     */
    void stream(Source source) throws IOException;

    /** Closes the connection instead of answering. */
    void cut();

    /** The messages of a stream. */
    interface Source extends AutoCloseable {
        /**
         * The next message.
         *
         * @return the message; empty when there are no more
         * @throws InterruptedException when the stream has been cut
         */
        byte[] take() throws InterruptedException;

        /** Nobody will take any more. */
        @Override
        void close();
    }
}
