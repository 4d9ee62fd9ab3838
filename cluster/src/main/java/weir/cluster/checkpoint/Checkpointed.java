package weir.cluster.checkpoint;

import weir.core.Bytes;
import weir.core.shard.MessageLog;

/** The machine whose checkpoints these are. */
public interface Checkpointed {
    /** Its state as it is now; the replica's lock is held. */
    Bytes snapshot();

    /** Knows which messages live; asked with the replica's lock held. */
    MessageLog.Liveness liveness();

    /**
     * Makes a machine of a state that another replica wrote, and touches nothing yet: the log behind it is still that of the
     * old one. What is returned puts it in the place of the old one; it is run with the lock held, when the log has changed.
     *
     * @throws RuntimeException if it is no such state
     */
    Runnable restore(Bytes state);
}
