package weir.core;

/** What happens to a publish into a full queue. The order is part of the format on disk. */
public enum Overflow {
    /** The publisher is told, and the queue stays as it is. */
    REFUSE,
    /** The oldest ready messages make room: dead-lettered where the queue has a dead-letter queue, else dropped. */
    DROP_OLDEST
}
