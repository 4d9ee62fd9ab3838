package weir.amqp.management;

import java.util.List;
import weir.amqp.AmqpSettings;

/** Where this node's AMQP front listens: for AMQP, and for this API. */
public final class Listeners {
    /** @param protocol as RabbitMQ calls it */
    record Listener(String protocol, String host, int port) {}

    private final Listener amqp;
    private final String managementHost;

    /** 0 while it is not served over HTTP. */
    private volatile int managementPort;

    /** @param amqpPort the one that it is, if any free one was asked for */
    public Listeners(AmqpSettings amqp, int amqpPort, String managementHost) {
        this.amqp = new Listener("amqp", amqp.host(), amqpPort);
        this.managementHost = managementHost;
    }

    /** It listens on that port. */
    void opened(int port) {
        managementPort = port;
    }

    List<Listener> all() {
        return managementPort == 0
                ? List.of(amqp)
                : List.of(amqp, new Listener("http", managementHost, managementPort));
    }
}
