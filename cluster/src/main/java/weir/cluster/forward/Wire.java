package weir.cluster.forward;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import weir.cluster.shard.Wanted;
import weir.core.Bytes;
import weir.core.Limits;
import weir.core.PartitionId;
import weir.core.broker.Precedence;
import weir.core.broker.Receive;
import weir.core.codec.CorruptDataException;
import weir.core.codec.EntryCodec;
import weir.core.codec.Reader;
import weir.core.codec.ReplyCodec;
import weir.core.codec.Writer;
import weir.core.shard.Command;
import weir.core.shard.Reply;

/**
 * The frame of requests and answers between nodes. Each begins with the version of its form, so that a node of an older
 * release can say that it does not know it; nothing was done then.
 */
public final class Wire {
    /** Of all forms here. A node answers in the version that it was asked in. */
    public static final int VERSION = 1;

    private static final int OK = 0;
    private static final int NOT_LEADING = 1;
    private static final int UNKNOWN = 2;
    private static final int NOTHING_DONE = 3;
    /** Followed by the newest version that the node knows. */
    private static final int OTHER_VERSION = 4;

    private static final int COMMAND_BYTES_MIN = 5;
    private static final int OUTCOME_BYTES_MIN = 1;

    private Wire() {}

    /** How a question was answered. The same for one command among several. */
    public sealed interface Answer<T> {
        record Ok<T>(T value) implements Answer<T> {}

        /** @param leader who leads instead, as far as that node knows; else 0. Nothing was done */
        record NotLeading<T>(int leader) implements Answer<T> {}

        record Unknown<T>(String why) implements Answer<T> {}

        /** It cannot be done there for now, or not by a node of that release; and nothing was. */
        record NothingDone<T>(String why) implements Answer<T> {}
    }

    /** How one side of an answer becomes bytes. */
    public interface Read<T> {
        T from(Reader in);
    }

    public static Writer request(int capacity) {
        return new Writer(capacity).u8(VERSION);
    }

    /** From one partition it is asked in the form that every release knows. */
    static Writer receive(long asker, long id, int shard, Wanted wanted, Duration patience) {
        boolean one = wanted.partitions().size() == 1 && !wanted.onlyAgain();
        Writer out = request(128)
                .u8((one ? ReceiveKind.ARRIVE : ReceiveKind.ARRIVE_AT_ANY).code())
                .i64(asker)
                .varint(id)
                .varint(shard);
        PartitionId first = wanted.partitions().getFirst();
        EntryCodec.write(out, wanted.from(first));
        if (!one) {
            out.bool(wanted.onlyAgain()).varint(wanted.partitions().size());
            wanted.partitions().forEach(partition -> out.varint(partition.partition()));
        }
        out.varint(patience.toMillis());
        Precedence precedence = wanted.precedence();
        boolean bounded = wanted.bytesMax() < Limits.RECEIVE_BYTES_MAX;
        if (bounded || !precedence.equals(Precedence.NONE)) { // A node of an older release does not read so far.
            out.i32(precedence.priority()).bool(precedence.wantsMore());
        }
        if (bounded) { // One of the first that read so far does not read further.
            out.varint(wanted.bytesMax());
        }
        return out;
    }

    /** With what follows the patience. */
    static Wanted withRest(Reader in, Wanted wanted) {
        Precedence precedence = in.hasMore() ? new Precedence(in.i32(), in.bool()) : Precedence.NONE;
        int bytesMax = in.hasMore() ? in.count(Limits.RECEIVE_BYTES_MAX) : Limits.RECEIVE_BYTES_MAX;
        return wanted.with(precedence, Math.max(1, bytesMax));
    }

    /** What follows the shard. */
    static Wanted wanted(Reader in, boolean one) {
        if (!(EntryCodec.read(in) instanceof Command.Acquire acquire)) {
            throw new CorruptDataException("a receive is to lease, and asks for something else");
        }
        if (one) {
            return Wanted.of(acquire);
        }
        boolean onlyAgain = in.bool();
        int count = in.count(Limits.PARTITIONS_MAX);
        List<PartitionId> partitions = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            partitions.add(new PartitionId(acquire.partition().queue(), in.count(Limits.PARTITIONS_MAX)));
        }
        if (partitions.isEmpty()) {
            throw new CorruptDataException("a receive is from no partition");
        }
        return new Wanted(
                partitions,
                acquire.maxMessages(),
                acquire.leaseMillis(),
                acquire.attempt(),
                onlyAgain,
                null,
                Precedence.NONE,
                Limits.RECEIVE_BYTES_MAX,
                Receive.UNTOLD);
    }

    /** @return false if the request is in a form that is not known here: answer with {@link #otherVersion} */
    public static boolean isKnown(Reader request) {
        return request.u8() == VERSION;
    }

    public static Bytes otherVersion() {
        return new Writer(3).u8(VERSION).u8(OTHER_VERSION).varint(VERSION).bytes();
    }

    public static Bytes ok(int capacity, Consumer<Writer> value) {
        Writer out = new Writer(capacity).u8(VERSION).u8(OK);
        value.accept(out);
        return out.bytes();
    }

    public static Bytes notLeading(int leader) {
        return new Writer(8).u8(VERSION).u8(NOT_LEADING).varint(leader).bytes();
    }

    public static Bytes unknown(String why) {
        return new Writer(64).u8(VERSION).u8(UNKNOWN).text(why).bytes();
    }

    public static Bytes nothingDone(String why) {
        return new Writer(64).u8(VERSION).u8(NOTHING_DONE).text(why).bytes();
    }

    /** @throws CorruptDataException if the bytes cannot be an answer */
    public static <T> Answer<T> answer(Bytes bytes, Read<T> value) {
        Reader in = new Reader(bytes);
        int version = in.u8();
        if (version != VERSION) {
            return new Answer.Unknown<>("it answered in version " + version + ", which is not known here");
        }
        return answer(in, value);
    }

    private static <T> Answer<T> answer(Reader in, Read<T> value) {
        int kind = in.u8();
        return switch (kind) {
            case OK -> new Answer.Ok<>(value.from(in));
            case NOT_LEADING -> new Answer.NotLeading<>(in.count(Integer.MAX_VALUE));
            case UNKNOWN -> new Answer.Unknown<>(in.text());
            case NOTHING_DONE -> new Answer.NothingDone<>(in.text());
            case OTHER_VERSION ->
                new Answer.NothingDone<>("it is of an older release, which knows version " + in.varint()
                        + " of what it was asked in version " + VERSION + "; nothing was done");
            default -> throw new CorruptDataException("no answer has the kind " + kind);
        };
    }

    // ---- Commands for a shard

    public static Bytes submit(int shard, List<Command> commands) {
        long bytes = 32;
        for (Command command : commands) {
            bytes += Integer.BYTES + EntryCodec.sizeEstimate(command);
        }
        Writer out = request((int) Math.min(bytes, Integer.MAX_VALUE / 2)).varint(shard);
        out.varint(commands.size());
        for (Command command : commands) {
            int at = out.size();
            EntryCodec.write(out.i32(0), command);
            out.setI32(at, out.size() - at - Integer.BYTES);
        }
        return out.bytes();
    }

    /** The commands as bytes of their own each: one that this release does not know costs the others nothing. */
    public static List<Bytes> commands(Reader in) {
        int count = in.count(in.remaining() / COMMAND_BYTES_MIN);
        List<Bytes> commands = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            commands.add(in.raw(in.i32()));
        }
        return commands;
    }

    /** @param leader as the answering node knows; 0 if it does not */
    public static Bytes submitted(int leader, List<Answer<Reply>> answers) {
        return ok(64 + 24 * answers.size(), out -> {
            out.varint(leader).varint(answers.size());
            for (Answer<Reply> answer : answers) {
                write(out, answer);
            }
        });
    }

    private static void write(Writer out, Answer<Reply> answer) {
        switch (answer) {
            case Answer.Ok<Reply>(Reply reply) -> ReplyCodec.write(out.u8(OK), reply);
            case Answer.NotLeading<Reply>(int leader) -> out.u8(NOT_LEADING).varint(leader);
            case Answer.Unknown<Reply>(String why) -> out.u8(UNKNOWN).text(why);
            case Answer.NothingDone<Reply>(String why) -> out.u8(NOTHING_DONE).text(why);
        }
    }

    /** @param leader as the answering node knows; 0 if it does not */
    public record Submitted(int leader, List<Answer<Reply>> answers) {}

    public static Submitted submitted(Reader in) {
        int leader = in.count(Integer.MAX_VALUE);
        int count = in.count(in.remaining() / OUTCOME_BYTES_MIN);
        List<Answer<Reply>> answers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            answers.add(answer(in, ReplyCodec::read));
        }
        return new Submitted(leader, answers);
    }
}
