package weir.core.codec;

import java.util.List;
import weir.core.shard.Refusal;
import weir.core.shard.Reply;
import weir.core.shard.Reply.ArrivalOutcome;
import weir.core.shard.Reply.LeaseOutcome;

/**
 * What a shard answered, on its way from one node to another: a tag, then the parts. Not on any disk. It carries no version
 * of its own: what travels around it has one. As with commands, a form never changes, and a new one takes a new tag.
 */
public final class ReplyCodec {
    private static final int DONE = 1;
    private static final int REFUSED = 2;
    private static final int PUBLISHED = 3;
    private static final int FANNED_OUT = 4;
    private static final int ACQUIRED = 5;
    private static final int SETTLED = 6;
    private static final int TAKEN_IN = 7;

    private static final int REPLY_BYTES_MIN = 1;
    private static final int LIST_BYTES_MIN = 1;
    private static final int APPENDED_BYTES_MIN = 4;
    private static final int LEASED_BYTES_MIN = 9;
    private static final int CONSTANT_BYTES_MIN = 1;

    private static final Refusal[] REFUSALS = Refusal.values();
    private static final LeaseOutcome[] LEASE_OUTCOMES = LeaseOutcome.values();
    private static final ArrivalOutcome[] ARRIVAL_OUTCOMES = ArrivalOutcome.values();

    private ReplyCodec() {}

    public static void write(Writer out, Reply reply) {
        switch (reply) {
            case Reply.Done() -> out.u8(DONE);
            case Reply.Refused(Refusal reason) -> out.u8(REFUSED).constant(reason);
            case Reply.Published(List<Reply.Appended> appended) ->
                Lists.write(out.u8(PUBLISHED), appended, ReplyCodec::writeAppended);
            case Reply.FannedOut(List<List<Reply>> outcomes) ->
                Lists.write(
                        out.u8(FANNED_OUT),
                        outcomes,
                        (to, ofMessage) -> Lists.write(to, ofMessage, ReplyCodec::writeOutcome));
            case Reply.Acquired(List<Reply.Leased> leased, boolean tooManyInFlight) -> {
                Lists.write(out.u8(ACQUIRED), leased, ReplyCodec::writeLeased);
                out.bool(tooManyInFlight);
            }
            case Reply.Settled(List<LeaseOutcome> outcomes) -> Lists.write(out.u8(SETTLED), outcomes, Writer::constant);
            case Reply.TakenIn(List<ArrivalOutcome> outcomes) ->
                Lists.write(out.u8(TAKEN_IN), outcomes, Writer::constant);
        }
    }

    /** @throws CorruptDataException if the bytes cannot be a reply */
    public static Reply read(Reader in) {
        return Decoding.of("reply", in, ReplyCodec::reply);
    }

    private static Reply reply(Reader in) {
        int tag = in.u8();
        return switch (tag) {
            case DONE -> new Reply.Done();
            case REFUSED -> new Reply.Refused(in.constant(REFUSALS));
            case PUBLISHED -> published(in);
            case FANNED_OUT ->
                new Reply.FannedOut(
                        Lists.read(in, LIST_BYTES_MIN, each -> Lists.read(each, REPLY_BYTES_MIN, ReplyCodec::outcome)));
            case ACQUIRED -> new Reply.Acquired(Lists.read(in, LEASED_BYTES_MIN, ReplyCodec::leased), in.bool());
            case SETTLED ->
                new Reply.Settled(Lists.read(in, CONSTANT_BYTES_MIN, each -> each.constant(LEASE_OUTCOMES)));
            case TAKEN_IN ->
                new Reply.TakenIn(Lists.read(in, CONSTANT_BYTES_MIN, each -> each.constant(ARRIVAL_OUTCOMES)));
            default -> throw unknown(tag);
        };
    }

    private static Reply.Published published(Reader in) {
        return new Reply.Published(Lists.read(in, APPENDED_BYTES_MIN, ReplyCodec::appended));
    }

    /** One target's part of a fan-out, which is never another fan-out: garbage cannot make the reader go deep. */
    private static void writeOutcome(Writer out, Reply outcome) {
        if (!(outcome instanceof Reply.Published || outcome instanceof Reply.Refused)) {
            throw new IllegalArgumentException("a target of a fan-out was answered by " + outcome);
        }
        write(out, outcome);
    }

    private static Reply outcome(Reader in) {
        int tag = in.u8();
        return switch (tag) {
            case REFUSED -> new Reply.Refused(in.constant(REFUSALS));
            case PUBLISHED -> published(in);
            default -> throw unknown(tag);
        };
    }

    private static CorruptDataException unknown(int tag) {
        return new CorruptDataException("no reply has the tag " + tag);
    }

    private static void writeAppended(Writer out, Reply.Appended appended) {
        IdCodec.write(out, appended.position());
        out.varint(appended.publishedAtMillis()).bool(appended.duplicate());
    }

    private static Reply.Appended appended(Reader in) {
        return new Reply.Appended(IdCodec.position(in), in.varint(), in.bool());
    }

    static void writeLeased(Writer out, Reply.Leased leased) {
        IdCodec.write(out, leased.lease());
        EnvelopeCodec.write(out.varint(leased.baseOffset()), leased.envelope());
        out.varint(leased.attempts())
                .varint(leased.publishedAtMillis())
                .varint(leased.firstLeasedAtMillis())
                .varint(leased.leasedUntilMillis());
    }

    static Reply.Leased leased(Reader in) {
        return new Reply.Leased(
                IdCodec.lease(in),
                in.varint(),
                EnvelopeCodec.envelope(in),
                in.count(Integer.MAX_VALUE),
                in.varint(),
                in.varint(),
                in.varint());
    }
}
