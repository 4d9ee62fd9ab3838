package weir.amqp.queue;

import java.util.Optional;

/**
 * Whose an exclusive queue is: a connection of a node, as long as that runs.
 *
 * @param run the node's start, see {@link Runs}
 * @param connection unique within it
 */
public record Owner(String run, String connection) {
    private static final String SEPARATOR = "/";

    @Override
    public String toString() {
        return run + SEPARATOR + connection;
    }

    static Optional<Owner> in(String text) {
        int at = text.indexOf(SEPARATOR);
        return at < 0 ? Optional.empty() : Optional.of(new Owner(text.substring(0, at), text.substring(at + 1)));
    }
}
