package weir.cluster.forward;

/** What a RECEIVE request asks. The code travels, so it is never given a new meaning. */
enum ReceiveKind {
    /** Lease messages, or wait for them. */
    ARRIVE(1),
    /** The caller of an earlier one has gone. */
    LEAVE(2),
    /** As ARRIVE, from whichever of several partitions. */
    ARRIVE_AT_ANY(3);

    private final int code;

    ReceiveKind(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
