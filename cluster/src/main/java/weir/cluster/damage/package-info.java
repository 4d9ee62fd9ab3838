/**
 * What becomes of a replica whose files are not what was written: it stops, alone; its files are set aside; and it says that
 * it waits to be made anew from the others.
 *
 * <p>And of a disk that is nearly full: publishes are refused ({@link weir.cluster.damage.DiskRoom}) before a log cannot be
 * written.
 *
 * <p>Which replicas there are is noted apart from them ({@link weir.cluster.damage.Holdings}), so that one of which nothing is
 * left is missed.
 *
 * <p>An empty log in the place of a lost one must not vote: it could elect a leader that lacks acknowledged entries. So a
 * replica that was set aside is not opened again, also after a restart, until whoever places replicas has removed this node
 * from the group's members and is about to add it as a new one.
 *
 * <p>Not here: how damage is found (the store and the log do that, and {@link weir.cluster.damage.Scrub} looks for it), who
 * removes and adds members ({@code weir.cluster.placement}), and how a new replica gets its content ({@code
 * weir.cluster.checkpoint}).
 */
@NullMarked
package weir.cluster.damage;

import org.jspecify.annotations.NullMarked;
