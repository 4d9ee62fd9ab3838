package weir.core.codec;

import java.util.List;
import java.util.Optional;
import weir.core.Limits;
import weir.core.broker.Fetch;
import weir.core.broker.FetchOutcome;
import weir.core.broker.FetchedBatch;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.TopicOffsets;
import weir.core.shard.Refusal;

/** Readings of topics, on their way from one node to another. As {@link ReplyCodec}, without a version of its own. */
public final class FetchCodec {
    private static final int FETCHED = 1;
    private static final int OUT_OF_RANGE = 2;
    private static final int REFUSED = 3;
    private static final int UNKNOWN = 4;

    private static final int FETCH_BYTES_MIN = 4;
    private static final int OUTCOME_BYTES_MIN = 2;
    private static final int BATCH_BYTES_MIN = 5;
    private static final Refusal[] REFUSALS = Refusal.values();

    private FetchCodec() {}

    public static void writeFetches(Writer out, List<Fetch> fetches) {
        Lists.write(out, fetches, (each, fetch) -> {
            IdCodec.write(each, fetch.partition());
            each.varint(fetch.from()).varint(fetch.bytesMax());
        });
    }

    /** @throws CorruptDataException if the bytes cannot be fetches */
    public static List<Fetch> readFetches(Reader in) {
        return Decoding.of(
                "fetches",
                in,
                all -> Lists.read(
                        all,
                        FETCH_BYTES_MIN,
                        each -> new Fetch(IdCodec.partition(each), each.varint(), each.count(Limits.FETCH_BYTES_MAX))));
    }

    public static void write(Writer out, List<FetchOutcome> outcomes) {
        Lists.write(out, outcomes, FetchCodec::writeOutcome);
    }

    private static void writeOutcome(Writer out, FetchOutcome outcome) {
        switch (outcome) {
            case FetchOutcome.Fetched(long start, long end, List<FetchedBatch> batches) ->
                Lists.write(out.u8(FETCHED).varint(start).varint(end), batches, FetchCodec::writeBatch);
            case FetchOutcome.OutOfRange(long start, long end) ->
                out.u8(OUT_OF_RANGE).varint(start).varint(end);
            case FetchOutcome.Refused(Refusal reason) -> out.u8(REFUSED).constant(reason);
            case FetchOutcome.Unknown(OutcomeUnknownException cause) ->
                out.u8(UNKNOWN).text(String.valueOf(cause.getMessage()));
        }
    }

    private static void writeBatch(Writer out, FetchedBatch batch) {
        out.varint(batch.baseOffset())
                .varint(batch.appendedAtMillis())
                .varint(batch.format())
                .bytes(batch.payload());
        EnvelopeCodec.writeAll(out, batch.messages());
    }

    /** @throws CorruptDataException if the bytes cannot be what fetches came to */
    public static List<FetchOutcome> read(Reader in) {
        return Decoding.of("outcomes of fetches", in, all -> Lists.read(all, OUTCOME_BYTES_MIN, FetchCodec::outcome));
    }

    private static FetchOutcome outcome(Reader in) {
        int tag = in.u8();
        return switch (tag) {
            case FETCHED ->
                new FetchOutcome.Fetched(in.varint(), in.varint(), Lists.read(in, BATCH_BYTES_MIN, FetchCodec::batch));
            case OUT_OF_RANGE -> new FetchOutcome.OutOfRange(in.varint(), in.varint());
            case REFUSED -> new FetchOutcome.Refused(in.constant(REFUSALS));
            case UNKNOWN -> new FetchOutcome.Unknown(new OutcomeUnknownException(in.text()));
            default -> throw new CorruptDataException("no fetch ends with the tag " + tag);
        };
    }

    private static FetchedBatch batch(Reader in) {
        return new FetchedBatch(
                in.varint(), in.varint(), in.count(Integer.MAX_VALUE), in.bytes(), EnvelopeCodec.envelopes(in));
    }

    public static void write(Writer out, Optional<TopicOffsets> offsets) {
        out.bool(offsets.isPresent());
        offsets.ifPresent(there -> out.varint(there.start()).varint(there.end()).varint(there.at()));
    }

    /** @throws CorruptDataException if the bytes cannot be a topic's offsets */
    public static Optional<TopicOffsets> readOffsets(Reader in) {
        return Decoding.of(
                "topic's offsets",
                in,
                each -> each.bool()
                        ? Optional.of(new TopicOffsets(each.varint(), each.varint(), each.varint()))
                        : Optional.empty());
    }
}
