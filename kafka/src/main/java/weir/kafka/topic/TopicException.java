package weir.kafka.topic;

import org.apache.kafka.common.protocol.Errors;

/** Why a topic is not made or changed, as its client is told. */
final class TopicException extends Exception {
    private static final long serialVersionUID = 1;

    private final Errors error;

    TopicException(Errors error, String message) {
        super(message, null, false, false); // A value rather than a failure: where it came from tells nobody anything.
        this.error = error;
    }

    Errors error() {
        return error;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
