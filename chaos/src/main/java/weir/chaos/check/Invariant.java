package weir.chaos.check;

/** One promise that a history is held against. */
public interface Invariant {
    /** A few words, unique. */
    String name();

    /** The promise, in one sentence. */
    String promise();

    /** Looks at everything, and tells {@code findings} what was looked at and what is wrong. */
    void check(Journeys journeys, Findings findings);
}
