package weir.sqs.auth;

/** How much is asked of a request before it is served. */
public enum AuthMode {
    /** Nothing: whoever reaches the port is the owner of all queues. */
    OFF,
    /**
     * The access key must be known, its session not over, and a query that was signed beforehand still in its life. The
     * signature is not looked at, and so neither is how old it is: whoever knows a key's id may use it. For tests.
     */
    KEY,
    /** The signature must be right, and recent. */
    FULL
}
