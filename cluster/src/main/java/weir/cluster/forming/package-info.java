/**
 * How a node finds its cluster: alone, with others that are new too, or by joining one that is there.
 *
 * <p>Every node says {@code HELLO} to the addresses that it was configured with. If all of them are new, the node with the
 * lowest number draws up the {@link weir.cluster.forming.Identity}, and the others take it over as they see it; no group is
 * opened before all have it. So a cluster cannot be founded twice, and nobody votes with a disk that was emptied.
 *
 * <p>Not here: what a member is given to hold ({@code weir.cluster.placement}), and the logs themselves.
 */
@NullMarked
package weir.cluster.forming;

import org.jspecify.annotations.NullMarked;
