package weir.cluster.replication;

/** The proposed entry is not in the log and never will be: nothing happened, so the same may be proposed again. */
public final class ProposalRefusedException extends Exception {
    private static final long serialVersionUID = 1;

    /** Why it was refused, and with it what may help. */
    public enum Reason {
        /** Another node leads the group, or none does at the moment. */
        NOT_LEADER,
        /** More is waiting to be written than the engine takes; the proposer sends faster than the disk writes. */
        OVERLOADED,
        /** The engine is stopping, or this replica has failed; see {@link FailureListener}. */
        STOPPED
    }

    private final Reason reason;

    public ProposalRefusedException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
