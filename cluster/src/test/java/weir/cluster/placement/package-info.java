/** Plans over random clusters, and conductors over a simulated one. */
@NullMarked
package weir.cluster.placement;

import org.jspecify.annotations.NullMarked;
