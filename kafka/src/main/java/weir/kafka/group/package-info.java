/**
 * Consumer groups: Kafka's own group coordinator over a topic of ours.
 *
 * <p>The coordinator ({@code kafka-group-coordinator}) decides; here stands what it needs: a log that it writes and is loaded from
 * ({@link weir.kafka.group.OffsetsLog}), who of the nodes is whose coordinator ({@link weir.kafka.group.Coordinators}), and which topics
 * there are ({@link weir.kafka.group.TopicImages}).
 *
 * <p>Not here: the wire and who may do what.
 */
@NullMarked
package weir.kafka.group;

import org.jspecify.annotations.NullMarked;
