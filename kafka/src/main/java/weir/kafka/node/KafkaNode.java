package weir.kafka.node;

/**
 * A broker, as clients are told of it.
 *
 * @param id the node's number
 * @param host and {@code port}: where clients reach it
 */
public record KafkaNode(int id, String host, int port) {}
