/**
 * Topics: queues read by cursor, as Kafka names, numbers and configures them, and the requests that list, create, change and delete them.
 *
 * <p>Not here: what is in them ({@code produce}, {@code fetch}).
 */
@NullMarked
package weir.kafka.topic;

import org.jspecify.annotations.NullMarked;
