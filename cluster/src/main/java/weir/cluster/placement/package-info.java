/**
 * Where the replicas of each shard are, and why: nodes and placements as the catalog keeps them, the {@link
 * weir.cluster.placement.Planner} that decides, the {@link weir.cluster.placement.Conductor} that carries a plan out step by
 * step on the node that leads the catalog, and the {@link weir.cluster.placement.PlacementService} that each node answers
 * with.
 *
 * <p>A placement in the catalog is what is wanted. What is, the nodes are asked for, each second. Everything that is done
 * follows from the difference between the two, so the next conductor goes on where one has ended.
 *
 * <p>Not here: how a group's members are changed (the engine's), how a checkpoint travels ({@code weir.cluster.checkpoint}),
 * and how nodes find each other and join ({@code weir.cluster.forming}).
 */
@NullMarked
package weir.cluster.placement;

import org.jspecify.annotations.NullMarked;
