package weir.amqp.queue;

import java.security.SecureRandom;
import java.util.Base64;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.FieldTable;

/** What queue.declare asks for; CR and LF in a name are dropped, as RabbitMQ does. */
public record Declaration(
        QueueName name, boolean durable, boolean exclusive, boolean autoDelete, QueueArguments arguments) {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int NAME_BYTES = 16;

    public Declaration {
        name = new QueueName(name.vhost(), stripped(name.name()));
    }

    public Declaration(
            String vhost, String queue, boolean durable, boolean exclusive, boolean autoDelete, FieldTable arguments) {
        this(new QueueName(vhost, queue), durable, exclusive, autoDelete, new QueueArguments(arguments));
    }

    /** A name without what RabbitMQ drops from one. */
    public static String stripped(String name) {
        return name.indexOf('\r') < 0 && name.indexOf('\n') < 0 ? name : name.replaceAll("[\r\n]", "");
    }

    public boolean isServerNamed() {
        return name.name().isEmpty();
    }

    /** The same with a name that no other queue has. */
    Declaration named() throws AmqpException {
        QueueType type = arguments.type();
        if (type != QueueType.CLASSIC) {
            throw QueueArguments.failed("Cannot declare a server-named queue for type " + type.module());
        }
        byte[] random = new byte[NAME_BYTES];
        RANDOM.nextBytes(random);
        String unique = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        return new Declaration(
                new QueueName(name.vhost(), QueueName.SERVER_NAMED + unique),
                durable,
                exclusive,
                autoDelete,
                arguments);
    }

    /** @throws AmqpException if no such queue can be made */
    void check() throws AmqpException {
        arguments.check(name);
        if (arguments.type() != QueueType.CLASSIC) {
            refuse(!durable, "non-durable");
            refuse(exclusive, "exclusive-owner");
            refuse(autoDelete, "auto-delete");
        }
    }

    private void refuse(boolean given, String property) throws AmqpException {
        if (given) {
            throw QueueArguments.failed("invalid property '" + property + "' for " + name);
        }
    }
}
