package weir.amqp.nodes;

import weir.amqp.message.StoredMessage;

/** What this node's front knows and others may ask. From any thread. */
public interface Answers {
    /** False if nobody waits for replies there, or does not read. */
    boolean give(String address, StoredMessage reply);

    boolean waits(String address);

    /** @param connection may be empty: then it is asked for the run alone */
    boolean lives(String run, String connection);

    /**
     * How many consume from a queue.
     *
     * @param caughtUp whether to look after what the catalog has said by now, for which this may wait
     */
    int consumers(long queue, boolean caughtUp) throws InterruptedException;

    /** How many of these there are. */
    int count(Counted what);
}
