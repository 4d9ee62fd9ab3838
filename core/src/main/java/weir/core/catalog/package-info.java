/**
 * The replicated state machine of the definitions: the control plane.
 *
 * <p>Small enough to lie in memory on every node. Under the same rules as {@link weir.core.shard}.
 */
@NullMarked
package weir.core.catalog;

import org.jspecify.annotations.NullMarked;
