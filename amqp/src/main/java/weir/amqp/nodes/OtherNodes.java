package weir.amqp.nodes;

import java.time.Duration;
import java.util.List;
import weir.amqp.message.StoredMessage;
import weir.core.Bytes;
import weir.core.broker.Neighbours;
import weir.core.broker.NodeDownException;
import weir.core.broker.OutcomeUnknownException;
import weir.core.codec.Reader;
import weir.core.codec.Writer;

/** The AMQP fronts of the cluster's other nodes. Safe for use by any number of threads. */
public final class OtherNodes {
    private static final String FRONT = "amqp";

    /** Of a question that a client waits for, and of replies on their way: a node that is well answers in a millisecond. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** Of a number that somebody waits for who has asked for something else. */
    private static final Duration COUNT_PATIENCE = Duration.ofMillis(500);

    private final Neighbours neighbours;
    private final SideBySide consuming;
    /** Apart: a node of a release that does not count these is to go on saying who consumes there. */
    private final SideBySide counting;

    public OtherNodes(Neighbours neighbours) {
        this.neighbours = neighbours;
        this.consuming = new SideBySide(neighbours);
        this.counting = new SideBySide(neighbours);
    }

    /** This node's number. */
    public int self() {
        return neighbours.self();
    }

    /** What RabbitMQ would call this node. */
    public String selfName() {
        return nameOf(self());
    }

    /** The same of the node of that number. */
    public static String nameOf(int node) {
        return "weir@node-" + node;
    }

    /** Whether there is another node of that number, be it up or not. */
    public boolean has(int node) {
        return neighbours.others().contains(node);
    }

    /** From now on others are answered. */
    public void serve(Answers answers) {
        neighbours.serve(FRONT, question -> answer(Question.decode(question), answers));
    }

    private static Bytes answer(Question question, Answers answers) throws InterruptedException {
        return switch (question) {
            case Question.Replies(List<Reply> replies) -> {
                Writer out = new Writer(replies.size());
                for (Reply reply : replies) {
                    out.bool(answers.give(reply.address(), StoredMessage.decode(reply.message())));
                }
                yield out.bytes();
            }
            case Question.Waits(String address) -> flag(answers.waits(address));
            case Question.Lives(String run, String connection) -> flag(answers.lives(run, connection));
            case Question.Consumers(long queue, boolean caughtUp) ->
                new Writer(8).varint(answers.consumers(queue, caughtUp)).bytes();
            case Question.Count(Counted what) ->
                new Writer(8).varint(answers.count(what)).bytes();
        };
    }

    private static Bytes flag(boolean value) {
        return new Writer(1).bool(value).bytes();
    }

    /**
     * Brings replies to a node, in their order.
     *
     * @return for each whether somebody was given it
     */
    public boolean[] give(int node, List<Reply> replies)
            throws NodeDownException, OutcomeUnknownException, InterruptedException {
        Reader in = ask(node, new Question.Replies(replies));
        boolean[] given = new boolean[replies.size()];
        for (int i = 0; i < given.length; i++) {
            given[i] = in.bool();
        }
        return given;
    }

    /** Whether somebody at that node waits for replies at the address. */
    public Presence waits(int node, String address) throws InterruptedException {
        return presence(node, new Question.Waits(address));
    }

    /** Whether that run of the front goes on at that node, and the connection is open there, if one is named. */
    public Presence lives(int node, String run, String connection) throws InterruptedException {
        return presence(node, new Question.Lives(run, connection));
    }

    private Presence presence(int node, Question question) throws InterruptedException {
        try {
            return ask(node, question).bool() ? Presence.THERE : Presence.GONE;
        } catch (NodeDownException _) {
            return Presence.GONE;
        } catch (OutcomeUnknownException _) {
            return Presence.UNKNOWN;
        }
    }

    /**
     * How many consume from a queue at the other nodes. One that does not say is not counted.
     *
     * @param caughtUp whether each is to look after what the catalog has said by now
     */
    public int consumers(long queue, boolean caughtUp) throws InterruptedException {
        return sum(consuming, new Question.Consumers(queue, caughtUp), caughtUp ? PATIENCE : COUNT_PATIENCE);
    }

    /** How many connections or channels there are at the other nodes. One that does not say is not counted. */
    public int count(Counted what) throws InterruptedException {
        return sum(counting, new Question.Count(what), COUNT_PATIENCE);
    }

    private int sum(SideBySide others, Question question, Duration patience) throws InterruptedException {
        return others.askAll(node -> ask(node, question, patience).count(Integer.MAX_VALUE)).values().stream()
                .mapToInt(Integer::intValue)
                .sum();
    }

    private Reader ask(int node, Question question)
            throws NodeDownException, OutcomeUnknownException, InterruptedException {
        return ask(node, question, PATIENCE);
    }

    private Reader ask(int node, Question question, Duration patience)
            throws NodeDownException, OutcomeUnknownException, InterruptedException {
        return new Reader(neighbours.ask(node, FRONT, question.encode(), patience));
    }
}
