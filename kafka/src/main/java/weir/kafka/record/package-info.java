/**
 * Record batches: what their first bytes say, how other fronts see their records, and how messages of other fronts become records.
 *
 * <p>Not here: requests and answers; and what a producer's sequences mean, which is the core's.
 */
@NullMarked
package weir.kafka.record;

import org.jspecify.annotations.NullMarked;
