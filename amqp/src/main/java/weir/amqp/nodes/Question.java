package weir.amqp.nodes;

import java.util.ArrayList;
import java.util.List;
import weir.core.Bytes;
import weir.core.codec.CorruptDataException;
import weir.core.codec.Reader;
import weir.core.codec.Writer;

/** What one node's front asks another's. Its first byte travels, so it is never given a new meaning. */
sealed interface Question {
    int REPLIES = 1;
    int WAITS = 2;
    int LIVES = 3;
    int CONSUMERS = 4;
    int CONNECTIONS_OF_HOST = 5;
    int CONNECTIONS_OF_USER = 6;
    int CHANNELS_OF_USER = 7;

    /** Give these to who waits for them, in order. Answered by a flag for each: whether anybody did. */
    record Replies(List<Reply> replies) implements Question {
        public Replies {
            replies = List.copyOf(replies);
        }
    }

    /** Does anybody wait for replies at that address? Answered by a flag. */
    record Waits(String address) implements Question {}

    /** Are you that run, and is that connection open, if one is named? Answered by a flag. */
    record Lives(String run, String connection) implements Question {}

    /**
     * How many consume from that queue? Answered by a number.
     *
     * @param caughtUp whether to look after what the catalog has said by now
     */
    record Consumers(long queue, boolean caughtUp) implements Question {}

    /** How many of these are there? Answered by a number. */
    record Count(Counted what) implements Question {}

    default Bytes encode() {
        return switch (this) {
            case Replies(List<Reply> replies) -> {
                int bytes = 16;
                for (Reply reply : replies) {
                    bytes += reply.message().length() + reply.address().length() + 16;
                }
                Writer out = new Writer(bytes).u8(REPLIES).varint(replies.size());
                replies.forEach(reply -> out.text(reply.address()).bytes(reply.message()));
                yield out.bytes();
            }
            case Waits(String address) ->
                new Writer(128).u8(WAITS).text(address).bytes();
            case Lives(String run, String connection) ->
                new Writer(128).u8(LIVES).text(run).text(connection).bytes();
            case Consumers(long queue, boolean caughtUp) ->
                new Writer(16).u8(CONSUMERS).varint(queue).bool(caughtUp).bytes();
            case Count(Counted.ConnectionsOfHost(long created)) ->
                new Writer(16).u8(CONNECTIONS_OF_HOST).varint(created).bytes();
            case Count(Counted.ConnectionsOfUser(String name, long created)) ->
                new Writer(64)
                        .u8(CONNECTIONS_OF_USER)
                        .text(name)
                        .varint(created)
                        .bytes();
            case Count(Counted.ChannelsOfUser(String name, long created)) ->
                new Writer(64).u8(CHANNELS_OF_USER).text(name).varint(created).bytes();
        };
    }

    /** @throws CorruptDataException if it is none, or one of a later release */
    static Question decode(Bytes bytes) {
        Reader in = new Reader(bytes);
        int kind = in.u8();
        return switch (kind) {
            case REPLIES -> {
                int count = in.count(in.remaining());
                List<Reply> replies = new ArrayList<>(count);
                for (int i = 0; i < count; i++) {
                    replies.add(new Reply(in.text(), in.bytes()));
                }
                yield new Replies(replies);
            }
            case WAITS -> new Waits(in.text());
            case LIVES -> new Lives(in.text(), in.text());
            case CONSUMERS -> new Consumers(in.varint(), in.bool());
            case CONNECTIONS_OF_HOST -> new Count(new Counted.ConnectionsOfHost(in.varint()));
            case CONNECTIONS_OF_USER -> new Count(new Counted.ConnectionsOfUser(in.text(), in.varint()));
            case CHANNELS_OF_USER -> new Count(new Counted.ChannelsOfUser(in.text(), in.varint()));
            default -> throw new CorruptDataException("no question of AMQP fronts is of the kind " + kind);
        };
    }
}
