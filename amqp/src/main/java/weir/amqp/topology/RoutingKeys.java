package weir.amqp.topology;

import java.util.ArrayList;
import java.util.List;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;
import weir.amqp.wire.FieldTable;

/** The keys that a message is routed by: its own, and those that its headers CC and BCC add. */
public final class RoutingKeys {
    public static final String CC = "CC";
    /** Taken out before the message is stored. */
    public static final String BCC = "BCC";

    private RoutingKeys() {}

    /** @throws AmqpException 406 if one of the two headers is no array */
    public static List<String> of(String routingKey, FieldTable headers) throws AmqpException {
        if (!headers.has(CC) && !headers.has(BCC)) {
            return List.of(routingKey);
        }
        List<String> keys = new ArrayList<>();
        keys.add(routingKey);
        add(keys, CC, headers);
        add(keys, BCC, headers);
        return keys;
    }

    private static void add(List<String> keys, String header, FieldTable headers) throws AmqpException {
        if (!headers.has(header)) {
            return;
        }
        if (!(headers.get(header) instanceof List<?> list)) {
            throw new AmqpException(
                    ErrorCode.PRECONDITION_FAILED,
                    "invalid message: {unacceptable_type_in_header,\"" + header + "\","
                            + FieldTypes.word(headers.get(header)) + "}");
        }
        for (Object key : list) {
            if (key instanceof String text) {
                keys.add(text);
            }
        }
    }
}
