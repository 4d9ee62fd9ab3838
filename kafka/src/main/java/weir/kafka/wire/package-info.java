/**
 * What goes over the socket: frames of bounded size, which take memory only as they arrive, and answers, which go out without a copy of what
 * they carry.
 *
 * <p>Not here: what is in a frame, which Kafka's own classes read and write.
 */
@NullMarked
package weir.kafka.wire;

import org.jspecify.annotations.NullMarked;
