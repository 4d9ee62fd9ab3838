/**
 * The catalog on one node: applies its log to the definitions, and takes changes to them, be this node the leader
 * ({@code CatalogReplica}) or not ({@code CatalogClient}, and {@code CatalogService} at the other end).
 *
 * <p>Not here: carrying a definition out in the shards, which is the node's work.
 */
@NullMarked
package weir.cluster.catalog;

import org.jspecify.annotations.NullMarked;
