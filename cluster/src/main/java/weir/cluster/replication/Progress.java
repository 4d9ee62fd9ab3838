package weir.cluster.replication;

/**
 * How far a member of a group has come, as its leader sees it.
 *
 * @param matchIndex the last entry known to be on its disk
 * @param sinceHeardMillis since its last answer; 0 for the leader itself
 */
public record Progress(int node, long matchIndex, long sinceHeardMillis) {}
