package weir.core.codec;

import java.util.ArrayList;
import java.util.List;
import weir.core.Bytes;
import weir.core.Message;
import weir.core.Message.Header;

/** The payload of {@link Message#FORMAT}: header count, headers as name, type, value, then the body to the end. */
public final class MessageCodec {
    private static final int HEADER_BYTES_MIN = 3; // Three lengths; so garbage cannot ask for a huge list.

    private MessageCodec() {}

    public static Bytes encode(Message message) {
        Writer out =
                new Writer(message.body().length() + 16 + 64 * message.headers().size());
        out.varint(message.headers().size());
        for (Header header : message.headers()) {
            out.text(header.name()).text(header.type()).bytes(header.value());
        }
        return out.raw(message.body()).bytes();
    }

    /** @throws CorruptDataException if the payload is not of this format */
    public static Message decode(Bytes payload) {
        Reader in = new Reader(payload);
        int count = in.count(in.remaining() / HEADER_BYTES_MIN);
        List<Header> headers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            headers.add(new Header(in.text(), in.text(), in.bytes()));
        }
        return new Message(headers, in.raw(in.remaining()));
    }
}
