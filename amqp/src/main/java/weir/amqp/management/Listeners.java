package weir.amqp.management;

import java.util.ArrayList;
import java.util.List;
import weir.amqp.AmqpSettings;

/** Where this node's AMQP front listens: for AMQP, and for this API. */
public final class Listeners {
    /** @param protocol as RabbitMQ calls it */
    record Listener(String protocol, String host, int port) {
        boolean isAmqp() {
            return protocol.startsWith("amqp");
        }

        boolean isTls() {
            return protocol.equals("amqp/ssl");
        }
    }

    private final List<Listener> amqp;
    private final String managementHost;

    /** 0 while it is not served over HTTP. */
    private volatile int managementPort;

    /**
     * @param amqpPort the one that it is, if any free one was asked for
     * @param amqpTlsPort the same; 0 if TLS is not spoken
     */
    public Listeners(AmqpSettings amqp, int amqpPort, int amqpTlsPort, String managementHost) {
        Listener plain = new Listener("amqp", amqp.host(), amqpPort);
        this.amqp =
                amqpTlsPort == 0 ? List.of(plain) : List.of(plain, new Listener("amqp/ssl", amqp.host(), amqpTlsPort));
        this.managementHost = managementHost;
    }

    /** It listens on that port. */
    void opened(int port) {
        managementPort = port;
    }

    List<Listener> all() {
        List<Listener> all = new ArrayList<>(amqp);
        if (managementPort != 0) {
            all.add(new Listener("http", managementHost, managementPort));
        }
        return all;
    }
}
