package weir.amqp.topology;

import java.util.Locale;

/** A queue or an exchange, as RabbitMQ's texts name it. */
public record Resource(Kind kind, String virtualHost, String name) {
    public enum Kind {
        QUEUE,
        EXCHANGE;

        private final String word = name().toLowerCase(Locale.ROOT);
    }

    public static Resource queue(VirtualHost host, String name) {
        return new Resource(Kind.QUEUE, host.name(), name);
    }

    public static Resource exchange(VirtualHost host, String name) {
        return new Resource(Kind.EXCHANGE, host.name(), name);
    }

    @Override
    public String toString() {
        return kind.word + " '" + name + "' in vhost '" + virtualHost + "'";
    }
}
