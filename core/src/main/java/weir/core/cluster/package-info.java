/**
 * The port for whoever shows or steers the cluster: the admin API, and by it the command line.
 *
 * <p>What is, comes as one {@link weir.core.cluster.ClusterOverview}; what is wanted, goes as a {@link
 * weir.core.cluster.ClusterAction} and is answered with sentences for the operator.
 *
 * <p>Not here: how any of it is found out or carried out ({@code weir.cluster.placement}).
 */
@NullMarked
package weir.core.cluster;

import org.jspecify.annotations.NullMarked;
