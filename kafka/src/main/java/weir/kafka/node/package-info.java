/**
 * The nodes of the cluster as Kafka's clients are told of them: brokers with an address each, and who leads which partition.
 *
 * <p>Not here: how leaders come about, which is the cluster's.
 */
@NullMarked
package weir.kafka.node;

import org.jspecify.annotations.NullMarked;
