package weir.storage;

/** Slows down reading that may take its time, such as verifying a whole segment, so that clients do not notice it. */
public interface Pace {
    /** For reading that somebody waits for. */
    Pace NONE = _ -> {};

    /** Asked before so many bytes are read; waits until they may be. */
    void take(int bytes) throws InterruptedException;
}
