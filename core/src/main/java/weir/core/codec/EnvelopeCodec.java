package weir.core.codec;

import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.core.DeadLetterReason;
import weir.core.Edition;
import weir.core.Envelope;
import weir.core.Limits;
import weir.core.Origin;

/**
 * A byte of flags, then those parts that are not as in {@link Envelope#PLAIN}. Most envelopes are that one byte.
 *
 * <p>There is no version: a new part takes a free flag, and a flag that is not known is refused.
 */
public final class EnvelopeCodec {
    private static final int GROUP = 1;
    private static final int DEDUPLICATION_ID = 1 << 1;
    private static final int DELIVER_AT = 1 << 2;
    private static final int EXPIRES_AT = 1 << 3;
    private static final int ORIGIN = 1 << 4;
    private static final int VARIANT = 1 << 5;
    private static final int KNOWN = GROUP | DEDUPLICATION_ID | DELIVER_AT | EXPIRES_AT | ORIGIN | VARIANT;

    private static final int ENVELOPE_BYTES_MIN = 1;
    private static final DeadLetterReason[] REASONS = DeadLetterReason.values();

    private EnvelopeCodec() {}

    public static void write(Writer out, Envelope envelope) {
        String group = envelope.group();
        String deduplicationId = envelope.deduplicationId();
        Origin origin = envelope.origin();
        boolean delivered = envelope.deliverAtMillis() != 0;
        boolean expires = envelope.expiresAtMillis() != Envelope.NEVER;
        out.u8((group != null ? GROUP : 0)
                | (deduplicationId != null ? DEDUPLICATION_ID : 0)
                | (delivered ? DELIVER_AT : 0)
                | (expires ? EXPIRES_AT : 0)
                | (origin != null ? ORIGIN : 0)
                | (envelope.variant() != 0 ? VARIANT : 0));
        if (group != null) {
            out.text(group);
        }
        if (deduplicationId != null) {
            out.text(deduplicationId);
        }
        if (delivered) {
            out.varint(envelope.deliverAtMillis());
        }
        if (expires) {
            out.varint(envelope.expiresAtMillis());
        }
        if (origin != null) {
            write(out, origin);
        }
        if (envelope.variant() != 0) {
            out.varint(envelope.variant());
        }
    }

    /**
     * A batch's: their number, then each; of several plain ones 0, which no batch has otherwise, and their number. From {@link
     * Edition#NUMBERED} on, before which there are no batches of several plain messages.
     */
    public static void writeAll(Writer out, List<Envelope> envelopes) {
        if (areManyPlain(envelopes)) {
            out.varint(0).varint(envelopes.size());
        } else {
            Lists.write(out, envelopes, EnvelopeCodec::write);
        }
    }

    static boolean areManyPlain(List<Envelope> envelopes) {
        return envelopes.size() > 1 && Envelope.areAllPlain(envelopes);
    }

    /** @throws CorruptDataException if the bytes cannot be a batch's envelopes */
    public static List<Envelope> readAll(Reader in) {
        return Decoding.of("batch's envelopes", in, EnvelopeCodec::envelopes);
    }

    static List<Envelope> envelopes(Reader in) {
        int count = in.count(Limits.BATCH_MESSAGES_MAX);
        return count == 0
                ? Envelope.plain(in.count(Limits.BATCH_MESSAGES_MAX))
                : Envelope.copyOf(Lists.read(in, count, ENVELOPE_BYTES_MIN, EnvelopeCodec::envelope));
    }

    private static void write(Writer out, Origin origin) {
        IdCodec.write(out, origin.partition());
        IdCodec.write(out, origin.position());
        IdCodec.write(out, origin.from());
        out.constant(origin.reason()).varint(origin.attempts()).varint(origin.publishedAtMillis());
    }

    /** @throws CorruptDataException if the bytes cannot be an envelope */
    public static Envelope read(Reader in) {
        return Decoding.of("envelope", in, EnvelopeCodec::envelope);
    }

    static Envelope envelope(Reader in) {
        int flags = in.u8();
        if (flags == 0) {
            return Envelope.PLAIN;
        }
        if ((flags & ~KNOWN) != 0) {
            throw new CorruptDataException("an envelope has the unknown flags " + (flags & ~KNOWN));
        }
        @Nullable String group = (flags & GROUP) != 0 ? in.text() : null;
        @Nullable String deduplicationId = (flags & DEDUPLICATION_ID) != 0 ? in.text() : null;
        long deliverAtMillis = (flags & DELIVER_AT) != 0 ? in.varint() : 0;
        long expiresAtMillis = (flags & EXPIRES_AT) != 0 ? in.varint() : Envelope.NEVER;
        @Nullable Origin origin = (flags & ORIGIN) != 0 ? origin(in) : null;
        int variant = (flags & VARIANT) != 0 ? in.count(Integer.MAX_VALUE) : 0;
        return new Envelope(group, deduplicationId, deliverAtMillis, expiresAtMillis, origin, variant);
    }

    private static Origin origin(Reader in) {
        return new Origin(
                IdCodec.partition(in),
                IdCodec.position(in),
                IdCodec.partition(in),
                in.constant(REASONS),
                in.count(Integer.MAX_VALUE),
                in.varint());
    }

    /** At least what {@link #write} takes; found without encoding the text, of which a char takes at most three bytes. */
    static long sizeBound(Envelope envelope) {
        if (envelope.equals(Envelope.PLAIN)) {
            return 1;
        }
        return 1
                + sizeBound(envelope.group())
                + sizeBound(envelope.deduplicationId())
                + 3 * Writer.VARINT_BYTES_MAX
                + (envelope.origin() == null ? 0 : 9 * Writer.VARINT_BYTES_MAX);
    }

    /** At least what {@link #writeAll} takes behind the first number. */
    static long sizeBound(List<Envelope> envelopes) {
        if (Envelope.areAllPlain(envelopes)) {
            return envelopes.size() == 1 ? 1 : Writer.VARINT_BYTES_MAX;
        }
        long bytes = 0;
        for (Envelope envelope : envelopes) {
            bytes += sizeBound(envelope);
        }
        return bytes;
    }

    static long sizeBound(@Nullable String text) {
        return text == null ? 0 : Writer.VARINT_BYTES_MAX + 3L * text.length();
    }
}
