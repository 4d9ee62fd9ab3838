package weir.cluster.replication;

/**
 * A place in a replicated log.
 *
 * @param term the term of the leader that wrote the entry; never falls from one entry to the next
 * @param index the entry's number; rises from entry to entry, with gaps where the engine keeps entries of its own
 */
public record LogPosition(long term, long index) {}
