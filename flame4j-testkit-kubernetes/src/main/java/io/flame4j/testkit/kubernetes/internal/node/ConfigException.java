package io.flame4j.testkit.kubernetes.internal.node;

/** What a container refers to is not there. The message is the one of a kubelet. */
final class ConfigException extends Exception {

    private static final long serialVersionUID = 1L;

    ConfigException(String message) {
        super(message);
    }
}
