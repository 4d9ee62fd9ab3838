package weir.core.codec;

import java.util.List;
import java.util.Optional;
import weir.core.MessageState;
import weir.core.PartitionStatus;
import weir.core.broker.Peeked;

/**
 * What was seen by looking at a partition without changing it, on its way from one node to another. As {@link ReplyCodec},
 * without a version of its own.
 */
public final class LookCodec {
    private static final int PEEKED_BYTES_MIN = 9;
    private static final MessageState[] STATES = MessageState.values();

    private LookCodec() {}

    public static void write(Writer out, List<Peeked> messages) {
        Lists.write(out, messages, LookCodec::writePeeked);
    }

    private static void writePeeked(Writer out, Peeked message) {
        IdCodec.write(out, message.position());
        EnvelopeCodec.write(out.constant(message.state()), message.envelope());
        out.varint(message.attempts())
                .varint(message.publishedAtMillis())
                .varint(message.format())
                .bytes(message.payload())
                .varint(message.indexInBatch());
    }

    /** @throws CorruptDataException if the bytes cannot be messages that were looked at */
    public static List<Peeked> readPeeked(Reader in) {
        return Decoding.of(
                "list of messages looked at", in, each -> Lists.read(each, PEEKED_BYTES_MIN, LookCodec::peeked));
    }

    private static Peeked peeked(Reader in) {
        return new Peeked(
                IdCodec.position(in),
                in.constant(STATES),
                EnvelopeCodec.envelope(in),
                in.count(Integer.MAX_VALUE),
                in.varint(),
                in.count(Integer.MAX_VALUE),
                in.bytes(),
                in.count(Integer.MAX_VALUE));
    }

    public static void write(Writer out, Optional<PartitionStatus> status) {
        out.bool(status.isPresent());
        status.ifPresent(there -> out.varint(there.ready())
                .varint(there.delayed())
                .varint(there.leased())
                .varint(there.departing())
                .varint(there.bytes())
                .varint(there.oldestAtMillis()));
    }

    /** @throws CorruptDataException if the bytes cannot be a partition's counters */
    public static Optional<PartitionStatus> readStatus(Reader in) {
        return Decoding.of("status", in, LookCodec::status);
    }

    private static Optional<PartitionStatus> status(Reader in) {
        return in.bool()
                ? Optional.of(new PartitionStatus(
                        in.varint(), in.varint(), in.varint(), in.varint(), in.varint(), in.varint()))
                : Optional.empty();
    }
}
