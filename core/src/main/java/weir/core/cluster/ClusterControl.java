package weir.core.cluster;

import weir.core.broker.OutcomeUnknownException;

/** The cluster of this node, seen and steered from any of its nodes. Safe for use by any number of threads. */
public interface ClusterControl {
    /** As the node that leads the catalog sees it; if none leads, as this one does. Takes some seconds at most. */
    ClusterOverview overview() throws InterruptedException;

    /** A sentence on the {@link weir.core.Edition} of the cluster, and on who keeps it from the next. */
    String editions();

    /**
     * Does what the operator wants, or says why not. What takes long goes on after the answer.
     *
     * @throws OutcomeUnknownException if no answer came in time; it may yet be done
     */
    ClusterAnswer manage(ClusterAction action) throws OutcomeUnknownException, InterruptedException;
}
