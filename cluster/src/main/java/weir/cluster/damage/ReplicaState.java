package weir.cluster.damage;

/** How a replica of this node is. Part of the answer to {@link weir.cluster.peer.PeerRequest#REPLICAS}, by its code. */
public enum ReplicaState {
    /** It is open, and does what its leader says or leads. */
    OPEN(1),
    /**
     * Its files were damaged and are set aside. It is closed and stays so: remove this node from the members, call {@link
     * SetAside#readmit}, and add it again as new.
     */
    DAMAGED(2);

    private final int code;

    ReplicaState(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
