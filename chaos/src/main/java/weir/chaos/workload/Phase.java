package weir.chaos.workload;

/** What clients are to do now. */
enum Phase {
    /** Producers send; consumers make every mistake that consumers make. */
    LOAD,
    /** Nobody sends; consumers take out what there is. */
    DRAIN,
    /** All end. */
    END
}
