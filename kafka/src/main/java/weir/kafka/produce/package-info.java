/**
 * Appending record batches to topics, as they came.
 *
 * <p>Not here: what a batch says of its records ({@code record}), and what comes of sequences, which is the core's.
 */
@NullMarked
package weir.kafka.produce;

import org.jspecify.annotations.NullMarked;
