package weir.core;

/** The one place that every unsettled message is in. */
public enum MessageState {
    /** Can be handed out, or waits behind others of its group. */
    READY,
    /** Waits for its time. */
    DELAYED,
    /** Handed out, and its lease has not ended. */
    LEASED,
    /** On its way to a dead-letter queue, and still kept here until that one has it. */
    DEPARTING
}
