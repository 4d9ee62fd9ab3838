package weir.chaos.history;

/** One line of a history. */
public sealed interface Entry {
    /**
     * The first line.
     *
     * @param toleranceMicros how far the nodes' clocks may be apart, and so how early a lease may end
     * @param text how the run was asked for
     */
    record Run(long seed, int nodes, long toleranceMicros, String text) implements Entry {}

    /**
     * A queue of the run.
     *
     * @param front the protocol its clients speak
     * @param ordered whether messages of a group are handed out strictly in order; between groups there is no order
     * @param partitions that its messages are spread over, by their groups if they have some
     * @param visibilityMicros how long a lease lasts
     * @param attemptsMax deliveries before a message goes to the dead-letter queue; 0 for no bound
     * @param deadLetters the name of that queue, empty for none
     */
    record Queue(
            String name,
            String front,
            boolean ordered,
            int partitions,
            long visibilityMicros,
            int attemptsMax,
            String deadLetters)
            implements Entry {}

    /** The cluster begins to be harmed, right after this moment. */
    record FaultBegan(long atMicros, int number, String kind, String text) implements Entry {}

    /** The harm is undone. */
    record FaultEnded(long atMicros, int number, String text) implements Entry {}

    /**
     * What has become of the cluster after a harm was undone, by its own account.
     *
     * @param whole whether every replica is there and sound, without an operator having done anything
     * @param text what is wrong, or which replicas were set aside as damaged meanwhile
     */
    record Mended(long atMicros, int number, boolean whole, String text) implements Entry {}

    /**
     * What one client did.
     *
     * @param node the number of the node that was asked
     * @param why the reason of an outcome other than {@link Outcome#OK}, else empty
     */
    record Operation(
            long beginMicros,
            long endMicros,
            String client,
            int node,
            String queue,
            Outcome outcome,
            String why,
            Act act)
            implements Entry {}

    /**
     * The load is over, the cluster is whole, and clients have taken out what there was.
     *
     * @param complete false if that did not come to an end in time
     */
    record Drained(long atMicros, boolean complete, String text) implements Entry {}

    /** What the server said of a queue after that. */
    record Counted(long atMicros, String queue, long ready, long leased, long delayed) implements Entry {}
}
