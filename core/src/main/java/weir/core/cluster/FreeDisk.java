package weir.core.cluster;

/**
 * What is left of a node's disk, as it was when it was looked at last, some seconds ago at most.
 *
 * @param bytes that may still be written
 * @param reserveBytes below which no more messages are taken
 * @param low whether none are taken
 */
public record FreeDisk(long bytes, long reserveBytes, boolean low) {}
