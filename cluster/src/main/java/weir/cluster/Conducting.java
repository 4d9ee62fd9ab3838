package weir.cluster;

import weir.cluster.placement.PlacementService;

/** Whoever leads the catalog conducts: which replicas are where is then this node's to decide. Safe for use by many threads. */
final class Conducting {
    private final Replicas replicas;
    private final PlacementService placement;
    /** Guarded by this. */
    private boolean conducting;

    Conducting(Replicas replicas, PlacementService placement) {
        this.replicas = replicas;
        this.placement = placement;
    }

    /** Asked anew each time, as the news of leading and of leading no more may cross. */
    synchronized void ifLeading() {
        boolean leads = replicas.catalogLog().isLeader();
        if (leads && !conducting) {
            placement.leading();
        } else if (!leads && conducting) {
            placement.notLeading();
        }
        conducting = leads;
    }
}
