/** Checkpoints that go from one node to another, over calls that fail and disks that lie. */
@NullMarked
package weir.cluster.checkpoint;

import org.jspecify.annotations.NullMarked;
