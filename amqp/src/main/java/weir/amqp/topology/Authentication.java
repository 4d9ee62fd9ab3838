package weir.amqp.topology;

/** What came of showing a password. */
public sealed interface Authentication {
    record Accepted(Login login) implements Authentication {}

    /** @param reason for the server's log; the client is told no more than that he was refused */
    record Refused(String reason) implements Authentication {}
}
