package weir.core.broker;

import java.time.Duration;
import java.util.List;
import weir.core.Bytes;

/**
 * The same front at the other nodes of the cluster. Some of what a front has is in no log (connections, who consumes, who waits
 * for a direct reply), and yet of interest elsewhere: here one node's front asks another's, in words of their own.
 *
 * <p>Nothing that has to survive goes this way: a question is asked once, and may be lost.
 */
public interface Neighbours {
    /** This node's number. */
    int self();

    /** The numbers of the others, as this node knows them, be they up or not. */
    List<Integer> others();

    /** How a front answers. Called on a virtual thread of its own, which may wait. */
    interface Answering {
        Bytes answer(Bytes question) throws InterruptedException;
    }

    /** From now on this is asked for the front of that name, which is the same at every node. */
    void serve(String front, Answering answering);

    /**
     * Asks one node.
     *
     * @throws NodeDownException if nothing listens there: its process has ended
     * @throws OutcomeUnknownException if there was no answer for any other reason, in time or at all
     */
    Bytes ask(int node, String front, Bytes question, Duration patience)
            throws NodeDownException, OutcomeUnknownException, InterruptedException;
}
