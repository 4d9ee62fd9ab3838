package weir.amqp.management;

import weir.amqp.topology.RefusedException;
import weir.amqp.wire.AmqpException;
import weir.core.broker.OutcomeUnknownException;

/** A request is not carried out: the HTTP status, RabbitMQ's word for it, and a sentence for people. */
final class Failure extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String error;

    Failure(int status, String error, String reason) {
        super(reason, null, false, false); // It is an answer, not a fault.
        this.status = status;
        this.error = error;
    }

    static Failure badRequest(String reason) {
        return new Failure(400, "bad_request", reason);
    }

    /** RabbitMQ answers so to whoever is somebody, but may not. */
    static Failure notAuthorised(String reason) {
        return new Failure(401, "not_authorised", reason);
    }

    static Failure notFound() {
        return new Failure(404, "Object Not Found", "Not Found");
    }

    static Failure notFound(String reason) {
        return new Failure(404, "not_found", reason);
    }

    static Failure preconditionFailed(String reason) {
        return new Failure(412, "precondition_failed", reason);
    }

    static Failure unavailable(String reason) {
        return new Failure(503, "service_unavailable", reason);
    }

    /** What a client that speaks AMQP would have been told by closing its channel. */
    static Failure of(AmqpException e) {
        String text = String.valueOf(e.getMessage());
        return switch (e.code()) {
            case NOT_FOUND -> notFound(text);
            case ACCESS_REFUSED, NOT_ALLOWED -> notAuthorised("Access refused.");
            case CONTENT_TOO_LARGE,
                    NO_ROUTE,
                    NO_CONSUMERS,
                    RESOURCE_LOCKED,
                    PRECONDITION_FAILED,
                    CONNECTION_FORCED,
                    INVALID_PATH,
                    FRAME_ERROR,
                    SYNTAX_ERROR,
                    COMMAND_INVALID,
                    CHANNEL_ERROR,
                    UNEXPECTED_FRAME,
                    RESOURCE_ERROR,
                    NOT_IMPLEMENTED,
                    INTERNAL_ERROR -> badRequest(text);
        };
    }

    /** The same where RabbitMQ uses a channel of its own, whose close it shows. */
    static Failure ofChannel(AmqpException e) {
        return switch (Failure.of(e)) {
            case Failure failure
            when failure.status == 400 -> badRequest(e.code().code() + " " + e.replyText());
            case Failure failure when failure.status == 401 -> notAuthorised(e.replyText());
            case Failure failure -> failure;
        };
    }

    static Failure of(RefusedException e) {
        return badRequest(String.valueOf(e.getMessage()));
    }

    static Failure of(OutcomeUnknownException e) {
        return unavailable("no answer came in time (" + e.getMessage()
                + "); it may or may not have been done: look before you repeat it");
    }

    Facts facts() {
        return new Facts().with("error", error).with("reason", getMessage());
    }

    Answer answer() {
        return new Answer(status, facts());
    }
}
