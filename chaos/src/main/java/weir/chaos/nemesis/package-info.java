/**
 * What is done to the cluster, and when: one harm at a time, drawn from a seed, each undone after a while.
 *
 * <p>Not here: how a process, a disk or a link is harmed ({@code weir.chaos.lab}).
 */
@NullMarked
package weir.chaos.nemesis;

import org.jspecify.annotations.NullMarked;
