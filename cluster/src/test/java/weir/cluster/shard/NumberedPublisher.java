package weir.cluster.shard;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.Limits;
import weir.core.Numbering;

/**
 * A client that numbers what it publishes to a topic. What was not answered it sends again, in order, and it never has more on its
 * way than are remembered; at times it gives up and begins anew under a newer epoch.
 */
final class NumberedPublisher {
    private static final int NEARLY_THE_LARGEST = Integer.MAX_VALUE - 20;

    private final long id;
    private int epoch;
    private int next = NEARLY_THE_LARGEST; // Nobody knows it, so it may begin anywhere.
    /** Until then a second batch would be taken for the beginning if the first is lost. */
    private boolean isKnown;
    /** From the first that was not answered on. */
    private final Deque<Batch> sent = new ArrayDeque<>();

    private final TreeSet<Integer> answered = new TreeSet<>();

    NumberedPublisher(long id) {
        this.id = id;
    }

    /** What it sends now: something new, or what was not answered yet. */
    List<Batch> send(SplittableRandom random, int format, Bytes payload) {
        if (random.nextInt(60) == 0) {
            epoch++;
            next = 0;
            sent.clear();
            answered.clear();
        }
        if (sent.size() < (isKnown ? Limits.NUMBERED_BATCHES_REMEMBERED : 1) && random.nextInt(3) > 0) {
            int count = Clients.oneOf(random, 1, 1, 2, 7);
            Batch batch = new Batch(0, format, payload, Envelope.plain(count), new Numbering(id, epoch, next));
            next = Numbering.sequenceAfter(next, count);
            sent.addLast(batch);
            return List.of(batch);
        }
        List<Batch> again = new ArrayList<>(sent);
        return again.isEmpty() ? List.of() : again.subList(0, 1 + random.nextInt(again.size()));
    }

    /** From the first that was not answered on. */
    List<Batch> unanswered() {
        return List.copyOf(sent);
    }

    void heard(Numbering numbering) {
        if (numbering.producerId() != id) {
            return;
        }
        isKnown = true;
        if (numbering.epoch() != epoch) {
            return;
        }
        answered.add(numbering.firstSequence());
        while (!sent.isEmpty() && answered.remove(first(sent.getFirst()))) {
            sent.removeFirst();
        }
    }

    private static int first(Batch batch) {
        Numbering numbering = batch.numbering();
        return numbering == null ? -1 : numbering.firstSequence();
    }
}
