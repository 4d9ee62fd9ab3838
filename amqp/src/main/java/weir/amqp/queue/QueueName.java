package weir.amqp.queue;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;
import weir.core.Bytes;
import weir.core.Limits;
import weir.core.catalog.Queue;

/**
 * A queue as AMQP names it. In the virtual host {@code /} it is called the same by every front; a queue of another virtual host
 * is {@code //VHOST/NAME} to the others, with the virtual host's name percent-encoded. So is one in {@code /} whose plain
 * name would be taken for something else ({@code //%2F/NAME}).
 */
public record QueueName(String vhost, String name) {
    public static final String DEFAULT_VHOST = "/";
    private static final String ELSEWHERE = "//";

    /** How names begin that the server gives, and no client. */
    static final String RESERVED = "amq.";

    static final String SERVER_NAMED = "amq.gen-";

    /** How the names of queues begin that fronts keep for themselves: no client sees them. */
    private static final List<String> INTERNAL = List.of("amqp:", "sns:", "sqs:", "kafka:", "weir:");

    private static final int NAME_BYTES_MAX = 255;

    /** What the core and the other fronts call it. */
    public String inWeir() {
        boolean plain = vhost.equals(DEFAULT_VHOST) && !name.startsWith(ELSEWHERE) && !isInternal(name);
        return plain ? name : prefixOf(vhost) + name;
    }

    /** The same of what the core knows; empty for a queue that no client of AMQP sees. */
    public static Optional<QueueName> of(Queue queue) {
        return ofWeir(queue.name());
    }

    /** The same by the core's name. */
    public static Optional<QueueName> ofWeir(String inWeir) {
        if (isInternal(inWeir)) {
            return Optional.empty();
        }
        if (!inWeir.startsWith(ELSEWHERE)) {
            return Optional.of(new QueueName(DEFAULT_VHOST, inWeir));
        }
        int end = inWeir.indexOf('/', ELSEWHERE.length());
        if (end < 0) {
            return Optional.empty();
        }
        QueueName name = new QueueName(decode(inWeir.substring(ELSEWHERE.length(), end)), inWeir.substring(end + 1));
        return name.inWeir().equals(inWeir) ? Optional.of(name) : Optional.empty();
    }

    /** How the names of a virtual host's queues begin; in the default one, those that are not plain. */
    public static String prefixOf(String vhost) {
        return ELSEWHERE + encode(vhost) + "/";
    }

    private static boolean isInternal(String name) {
        return INTERNAL.stream().anyMatch(name::startsWith);
    }

    /** Whether the server gives such names, and a client may not. */
    public boolean isReserved() {
        return name.startsWith(RESERVED);
    }

    /** @throws AmqpException if a client may not give a queue that name */
    void check() throws AmqpException {
        if (isReserved()) {
            throw new AmqpException(
                    ErrorCode.ACCESS_REFUSED, "queue name '" + name + "' contains reserved prefix 'amq.*'");
        }
        if (!fits()) {
            throw new AmqpException(
                    ErrorCode.PRECONDITION_FAILED,
                    "the name of the " + this + " is longer, with its virtual host, than " + Limits.QUEUE_NAME_CHARS_MAX
                            + " characters");
        }
    }

    /** Whether a queue can have that name, and a client can say it. */
    boolean fits() {
        return Bytes.utf8(name).length() <= NAME_BYTES_MAX && inWeir().length() <= Limits.QUEUE_NAME_CHARS_MAX;
    }

    /** As RabbitMQ's texts have it. */
    @Override
    public String toString() {
        return "queue '" + name + "' in vhost '" + vhost + "'";
    }

    static String encode(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (each & 0xFF);
            boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || c == '-' || c == '_' || c == '.' || c == '~');
            if (plain) {
                encoded.append(c);
            } else {
                encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(each));
            }
        }
        return encoded.toString();
    }

    private static String decode(String text) {
        byte[] bytes = new byte[text.length()];
        int count = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean escaped = c == '%'
                    && i + 2 < text.length()
                    && HexFormat.isHexDigit(text.charAt(i + 1))
                    && HexFormat.isHexDigit(text.charAt(i + 2));
            if (escaped) {
                bytes[count++] = (byte) HexFormat.fromHexDigits(text, i + 1, i + 3);
                i += 2;
            } else {
                bytes[count++] = (byte) c; // Never written otherwise; what is no such name is found out by its owner.
            }
        }
        return new String(bytes, 0, count, StandardCharsets.UTF_8);
    }
}
