package weir.chaos.history;

/** How an operation ended, as its client knows. */
public enum Outcome {
    /** Answered with success. */
    OK,
    /** Certainly not done: an error that says so, or nobody there to connect to. */
    REFUSED,
    /** No answer, or one that leaves it open: done or not. */
    UNKNOWN
}
