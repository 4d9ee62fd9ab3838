/**
 * Reading topics: fetches, and what offsets there are.
 *
 * <p>Not here: committed offsets of groups.
 */
@NullMarked
package weir.kafka.fetch;

import org.jspecify.annotations.NullMarked;
