package weir.amqp.stream;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import weir.amqp.message.StoredMessage;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.FieldTable;
import weir.amqp.wire.Properties;
import weir.core.codec.CorruptDataException;

/** A message as it is delivered from a stream: with its offset among its headers, and else byte for byte as it was published. */
public final class WithOffset {
    private static final String HEADER = "x-stream-offset";

    private WithOffset() {}

    /** @throws CorruptDataException if it cannot be read, which was seen to when it was published */
    public static StoredMessage of(StoredMessage message, long offset) {
        Properties properties = message.readProperties();
        try {
            // Nearly always nobody opens the headers; what came from another stream has such a header already.
            return message.withProperties(
                    properties.mayHaveHeader(HEADER)
                            ? replaced(properties, offset)
                            : properties.change().addHeader(HEADER, offset).build());
        } catch (AmqpException e) {
            throw new CorruptDataException("stored headers cannot be read", e);
        }
    }

    private static Properties replaced(Properties properties, long offset) throws AmqpException {
        Map<String, @Nullable Object> headers =
                new LinkedHashMap<>(properties.headers().asMap());
        headers.put(HEADER, offset);
        return properties.change().headers(FieldTable.of(headers)).build();
    }
}
