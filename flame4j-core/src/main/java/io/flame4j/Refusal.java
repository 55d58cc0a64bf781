package io.flame4j;

/**
 * Why a connection to the port for runners was refused. New constants may be added; a switch should have a default.
 *
 * @see PoolStats#refused()
 * @since 0.1
 */
public enum Refusal {
    /** It did not begin as a runner does: a browser, a port scan, a health check. */
    NOT_FLAME,
    /** It spoke TLS, which is off at this port. */
    UNEXPECTED_TLS,
    /** It spoke no TLS, which is required at this port. */
    NOT_TLS,
    /** Its TLS handshake failed. */
    TLS_FAILED,
    /**
     * It did not accept the parent's certificate: it was started for another parent, or somebody is in between; where both
     * sides show one, also that the parent's has run out or is of an authority that the runner does not know.
     */
    WRONG_PIN,
    /** Its certificate is not that of a runner, where both sides show one. */
    WRONG_CERTIFICATE,
    /** It speaks another version of the protocol, or is a runner of another version of flame4j or Java. */
    OTHER_VERSION,
    /** It began as a runner does, and went on with something else. */
    MALFORMED,
    /** It sent more than is read of one who has not said who it is. */
    TOO_LONG,
    /** It did not say who it is in time. */
    SILENT,
    /** Its connection ended before it had said who it is. */
    BROKEN,
    /** It named a runner that is not expected, or showed a wrong token. */
    WRONG_TOKEN,
    /** It showed a token that was used before. */
    USED_TOKEN,
    /** It showed a wrong key for a slot, or that of a runner that is gone. */
    WRONG_KEY,
    /** It showed the right token or key, from an address that is not the runner's. */
    WRONG_ADDRESS,
    /** There were too many connections of its kind, and it had to make room. */
    CROWDED,
    /** Something failed in this process while it was looked at. */
    FAILED
}
