package weir.amqp.session;

import weir.amqp.wire.AmqpException;

/** TEMP. */
final class Rights {
    Rights(Front front, Peer peer) {}

    void configureQueue(String queue) throws AmqpException {}

    void readQueue(String queue) throws AmqpException {}

    void writeQueue(String queue) throws AmqpException {}

    void anyOfQueue(String queue) throws AmqpException {}

    void readExchange(String exchange, String key) throws AmqpException {}

    void writeExchange(String exchange) throws AmqpException {}
}
