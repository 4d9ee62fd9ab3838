package weir.kafka.topic;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import weir.core.Reading;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Queue;

/**
 * Kafka's topics: queues that are read by cursor, whoever made them, and whose names Kafka allows. Nothing is remembered here, so a topic that
 * was deleted and made again is never taken for the first. Safe for any thread.
 */
public final class Topics {
    private static final int PAGE = 1_000;

    /** The upper two bytes of every topic id, so that one of another cluster of another kind is seldom taken for one of ours. */
    private static final long MARK = 0x5765L << 48;

    private static final long MILLIS_MASK = (1L << 48) - 1;

    private final Broker broker;

    public Topics(Broker broker) {
        this.broker = broker;
    }

    /** The topic of that name as this node knows it. */
    public Optional<Queue> find(String name) {
        return name.isEmpty() ? Optional.empty() : broker.find(name).filter(Topics::isTopic);
    }

    /** The same, through whichever node it was made. */
    public Optional<Queue> findAnywhere(String name) throws OutcomeUnknownException, InterruptedException {
        return TopicNames.isLegal(name) ? broker.findAnywhere(name).filter(Topics::isTopic) : Optional.empty();
    }

    public Optional<Queue> find(Uuid id) {
        long queue = id.getLeastSignificantBits();
        return queue < 1
                ? Optional.empty()
                : broker.find(queue).filter(Topics::isTopic).filter(found -> id(found)
                        .equals(id));
    }

    public Optional<Queue> findAnywhere(Uuid id) throws OutcomeUnknownException, InterruptedException {
        Optional<Queue> known = find(id);
        if (known.isEmpty() && id.getLeastSignificantBits() >= 1) {
            broker.catchUp();
            known = find(id);
        }
        return known;
    }

    /** All that this node knows, by their names. */
    public List<Queue> all() {
        List<Queue> all = new ArrayList<>();
        String after = "";
        while (true) {
            List<Queue> page = broker.list("", after, PAGE);
            page.stream().filter(Topics::isTopic).forEach(all::add);
            if (page.size() < PAGE) {
                return all;
            }
            after = page.getLast().name();
        }
    }

    /** Tells apart two that bore the same name one after the other: a queue's number is never used again. */
    public static Uuid id(Queue topic) {
        return new Uuid(MARK | (topic.createdAtMillis() & MILLIS_MASK), topic.id());
    }

    /** Whether Kafka's clients see it as one. */
    public static boolean isTopic(Queue queue) {
        return queue.settings().reading() == Reading.CURSOR && TopicNames.isLegal(queue.name());
    }
}
