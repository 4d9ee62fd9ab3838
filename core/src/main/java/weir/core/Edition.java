package weir.core;

import java.util.Optional;

/**
 * Counts what nodes may write for each other: commands in logs, snapshots, files. A release reads every edition from {@link
 * #OLDEST} to {@link #NEWEST}; a cluster writes none that one of its nodes cannot read ({@code docs/upgrade.md}).
 *
 * <p>Whatever gives a new form or a new meaning to bytes that others read adds a constant here, raises {@link #NEWEST}, and is
 * written only where the log it goes to has come to that edition.
 */
public final class Edition {
    /** Everything up to and with the first clusters. */
    public static final int FIRST = 1;

    /** Logs, snapshots and directories say which edition they have come to; queues may have several partitions. */
    public static final int SAID = 2;

    /** What RabbitMQ's clients need of a queue: see {@code SettingsCodec}; who attends to it, and whether it is in use. */
    public static final int ATTENDED = 3;

    /**
     * Topics, which are read by cursor and let go of from their beginning; messages that wait for their time can be cancelled; what
     * is given back for the last time leaves at once.
     */
    public static final int TOPICS = 4;

    /**
     * Producers that number what they publish; batches of many plain messages cost a count; what is given back to a queue makes
     * room as a publish does.
     */
    public static final int NUMBERED = 5;

    /** The oldest that this release goes on from. */
    public static final int OLDEST = FIRST;

    /** The newest that this release can write. */
    public static final int NEWEST = NUMBERED;

    /** More than there will ever be, so that a garbled number is known by it. */
    public static final int MAX = 10_000;

    private Edition() {}

    /**
     * Why a node cannot go on from what is there; empty if it can.
     *
     * @param what whose edition it is, as the subject of a sentence
     * @param there the edition that it has come to
     * @param oldest and {@code newest}: what the node reads
     */
    public static Optional<String> refusal(String what, int there, int oldest, int newest) {
        if (there > newest) {
            return Optional.of(what + " has come to edition " + there + ", but this node reads none above "
                    + newest + ": it is of an older release, or held back by WEIR_NODE_EDITION; start it with the"
                    + " release that the other nodes run");
        }
        if (there < oldest) {
            return Optional.of(what + " is at edition " + there + ", but this node reads none below " + oldest
                    + ": its release is too new to follow that one; run a release in between on all nodes first");
        }
        return Optional.empty();
    }
}
