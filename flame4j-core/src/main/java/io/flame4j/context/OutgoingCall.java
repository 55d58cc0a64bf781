package io.flame4j.context;

import io.flame4j.CallListener;

/**
 * A call that is being made, to a {@link ContextPropagator}. Good only during {@link ContextPropagator#capture}.
 *
 * @since 0.1
 */
public interface OutgoingCall {

    /** Most values of one propagator that travel with a call: 64. */
    int MAX_VALUES = 64;

    /** Longest key, in bytes of UTF-8: 256. */
    int MAX_KEY_BYTES = 256;

    /** Longest value, in bytes of UTF-8: 8,192, as much as W3C baggage may have. */
    int MAX_VALUE_BYTES = 8_192;

    /** Most bytes of all keys and values of one propagator together: 16,384. */
    int MAX_BYTES = 16_384;

    /**
     * The pool.
     *
     * @return its name
     */
    String pool();

    /**
     * What is called, such as {@code lambda in com.acme.Shop.thumbnail}: a name that is the same for each call from the same
     * place in the code.
     *
     * @return a few words
     */
    String task();

    /**
     * Lets a listener hear what becomes of the call: that it is sent, and that it is over, also when it never came to be sent.
     *
     * @param listener hears of this call alone, on the threads that carry it, which it must not hold up
     */
    void follow(CallListener listener);

    /**
     * Lets a value travel with the call. One that is beyond the bounds above stays behind, and the call goes without it;
     * a warning is logged for the first with this key, or for the first at all that is one too many.
     *
     * @param key distinct among those of this propagator for this call
     * @param value what {@link IncomingCall#values()} will have for it
     */
    void carry(String key, String value);
}
