package weir.core.cluster;

/** Why an action was not begun. Travels between nodes by its place here: new ones go to the end. */
public enum ClusterRefusal {
    NO_SUCH_NODE,
    NO_SUCH_SHARD,
    /** The node is in a state in which this cannot be done. */
    NOT_NOW,
    /** No node leads the catalog, so nothing can be changed. */
    NO_LEADER
}
