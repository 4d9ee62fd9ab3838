package weir.amqp.nodes;

/** What is known of something at another node. */
public enum Presence {
    THERE,
    /** Its node says so, or is not running itself. */
    GONE,
    /** Its node does not answer. */
    UNKNOWN
}
