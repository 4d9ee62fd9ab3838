package weir.amqp.topology;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;
import weir.amqp.wire.FieldTable;
import weir.amqp.wire.TypeWords;

/** The keys that a message is routed by: its own, and those that its headers CC and BCC add. */
public final class RoutingKeys {
    public static final String CC = "CC";
    /** Taken out before the message is stored. */
    public static final String BCC = "BCC";

    private RoutingKeys() {}

    /** @throws AmqpException 406 if one of the two headers is no array */
    public static List<String> of(String routingKey, FieldTable headers) throws AmqpException {
        check(CC, headers);
        check(BCC, headers);
        return in(routingKey, headers);
    }

    /** The same of a message that was taken long ago, from whichever front: a header that is no array adds nothing. */
    public static List<String> in(String routingKey, FieldTable headers) {
        if (!headers.has(CC) && !headers.has(BCC)) {
            return List.of(routingKey);
        }
        List<String> keys = new ArrayList<>();
        keys.add(routingKey);
        add(keys, headers.get(CC));
        add(keys, headers.get(BCC));
        return keys;
    }

    private static void check(String header, FieldTable headers) throws AmqpException {
        if (headers.has(header) && !(headers.get(header) instanceof List<?>)) {
            throw new AmqpException(
                    ErrorCode.PRECONDITION_FAILED,
                    "invalid message: {unacceptable_type_in_header,\"" + header + "\","
                            + TypeWords.of(headers.get(header)) + "}");
        }
    }

    private static void add(List<String> keys, @Nullable Object further) {
        if (further instanceof List<?> list) {
            for (Object key : list) {
                if (key instanceof String text) {
                    keys.add(text);
                }
            }
        }
    }
}
