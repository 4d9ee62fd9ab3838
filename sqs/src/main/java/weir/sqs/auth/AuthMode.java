package weir.sqs.auth;

/** How much is asked of a request before it is served. */
public enum AuthMode {
    /** Nothing: whoever reaches the port is the owner of all queues. */
    OFF,
    /** The access key must be known. Its signature is not looked at, so that anybody who knows a key's id may use it. */
    KEY,
    /** The signature must be right, and recent. */
    FULL
}
