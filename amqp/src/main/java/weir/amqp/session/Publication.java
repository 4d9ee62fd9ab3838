package weir.amqp.session;

import java.util.List;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.catalog.Queue;

/**
 * A message whose way is known.
 *
 * @param number the channel's count of publishes at this one, which its confirm names; 0 if it is not to be confirmed
 * @param queues where it goes; empty if nowhere
 * @param priority as its publisher gave it, 0 for none
 */
record Publication(long number, List<Queue> queues, int priority, int format, Bytes payload, Envelope envelope) {
    /** Of what goes nowhere: only the confirm is left to do. */
    static Publication nowhere(long number) {
        return new Publication(number, List.of(), 0, 0, Bytes.EMPTY, Envelope.PLAIN);
    }

    /** The level of the core's in a queue: there 0 is the highest, here the lowest. */
    int levelIn(Queue queue) {
        int highest = queue.settings().priorityLevels() - 1;
        return highest - Math.min(priority, highest);
    }
}
