/**
 * What a shard keeps of its logs: the tail in memory, and segments and a manifest on disk.
 *
 * <p>The replicated log is the journal, so nothing here is on the path of a commit. A checkpoint writes what of the tail
 * is still live into one new immutable segment file, and publishes it together with the machine's state by renaming a
 * manifest. A restart is the newest manifest and the replay of the log since it. {@code docs/storage.md} has the format.
 *
 * <p>Not here: replication, when a checkpoint is due, what is live (the machine is asked), and what a payload means.
 */
@NullMarked
package weir.storage;

import org.jspecify.annotations.NullMarked;
