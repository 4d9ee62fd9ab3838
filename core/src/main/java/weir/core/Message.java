package weir.core;

import java.util.List;

/**
 * A message in the form that every front can read: a body and typed headers.
 *
 * @param headers in the order the publisher gave them
 * @param body what was published
 */
public record Message(List<Header> headers, Bytes body) {
    /** The {@link Batch#format} of payloads written by {@link weir.core.codec.MessageCodec}. */
    public static final int FORMAT = 1;

    public Message {
        headers = List.copyOf(headers);
    }

    /**
     * One header.
     *
     * @param name as the publisher wrote it
     * @param type the name of the value's type, e.g. {@code String}, {@code Number.int}, {@code Binary}
     * @param value text as UTF-8, anything else as its bytes
     */
    public record Header(String name, String type, Bytes value) {}
}
