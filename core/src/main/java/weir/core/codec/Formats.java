package weir.core.codec;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import weir.core.Bytes;
import weir.core.Message;

/**
 * All encodings that messages are stored in, so that each front can read what another one took, and knows none of them.
 *
 * <p>Whoever wires the fronts hands every one of them the same.
 */
public final class Formats {
    /** The core's own alone. */
    public static final Formats PLAIN = of(List.of());

    private final Map<Integer, MessageFormat> byCode;

    private Formats(Map<Integer, MessageFormat> byCode) {
        this.byCode = byCode;
    }

    /**
     * The core's own and those of the fronts.
     *
     * @throws IllegalArgumentException if two have the same code
     */
    public static Formats of(List<MessageFormat> fronts) {
        Map<Integer, MessageFormat> byCode = new TreeMap<>();
        for (MessageFormat format : fronts) {
            if (format.code() == Message.FORMAT || byCode.put(format.code(), format) != null) {
                throw new IllegalArgumentException("two formats have the code " + format.code());
            }
        }
        return new Formats(byCode);
    }

    /**
     * A message as every front can read it.
     *
     * @param format of the batch
     * @param payload of the whole stored batch
     * @param index which of its messages
     * @throws CorruptDataException if it cannot be what was written, or if nobody here knows the format
     */
    public Message read(int format, Bytes payload, int index) {
        if (format == Message.FORMAT) {
            return MessageCodec.decode(payload);
        }
        MessageFormat reader = byCode.get(format);
        if (reader == null) {
            throw new CorruptDataException("no reader here for payload format " + format);
        }
        return reader.read(payload, index);
    }
}
