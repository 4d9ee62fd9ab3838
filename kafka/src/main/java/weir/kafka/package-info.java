/**
 * Kafka's protocol: what an application written for Apache Kafka finds behind port 9092.
 *
 * <p>From the socket inwards: {@code wire} (frames, answers, record batches as bytes), {@code session} (connections, and which class
 * answers which request), {@code node} (the brokers that clients are told of), {@code topic} (topics and their settings), {@code
 * produce}, {@code fetch}, and {@code record} (how other fronts see Kafka's records, and Kafka theirs).
 *
 * <p>The one module that imports {@code org.apache.kafka}, whose classes are the codec. Not here: topics themselves, which are the core's
 * queues read by cursor; and other fronts, of which nothing here knows.
 */
@NullMarked
package weir.kafka;

import org.jspecify.annotations.NullMarked;
