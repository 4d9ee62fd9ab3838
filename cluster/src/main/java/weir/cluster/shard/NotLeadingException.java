package weir.cluster.shard;

/** This node does not lead the shard, or has just ceased to, and nothing was done: ask the node that does. */
public final class NotLeadingException extends Exception {
    private static final long serialVersionUID = 1;

    public NotLeadingException(int shard) {
        super("this node does not lead shard " + shard + "; nothing was done");
    }
}
