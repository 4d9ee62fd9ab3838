package weir.kafka.group;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.metadata.PartitionRecord;
import org.apache.kafka.common.metadata.RemoveTopicRecord;
import org.apache.kafka.common.metadata.TopicRecord;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.MetadataProvenance;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.core.broker.CatalogWatch;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Queue;
import weir.kafka.topic.Topics;

/**
 * Tells the group coordinator which topics there are, in Kafka's own form: each change of the catalog as the records that Kafka's
 * controller would write for it. By this members are given partitions, patterns of names find topics, and what was committed of a topic goes
 * with it.
 *
 * <p>Told by the catalog's thread, which must not wait; a thread of its own hands over what has gathered.
 */
final class TopicImages implements CatalogWatch, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicImages.class);

    /** What has changed since the last image; a topic that is gone is empty. */
    private record Changes(boolean anew, Map<Long, Optional<Queue>> topics) {}

    private final Topics topics;
    private final GroupCoordinator coordinator;
    private final Thread thread =
            Thread.ofVirtual().name("weir-kafka-topic-images").unstarted(this::run);

    // Guarded by this:
    private boolean anew;
    private Map<Long, Optional<Queue>> changed = new LinkedHashMap<>();

    // Of the thread:
    private final Map<Long, Queue> known = new HashMap<>();
    private MetadataImage image = MetadataImage.EMPTY;
    private long images;

    TopicImages(Topics topics, GroupCoordinator coordinator) {
        this.topics = topics;
        this.coordinator = coordinator;
    }

    void start() {
        thread.start();
    }

    @Override
    public synchronized void anew() {
        anew = true;
        changed.clear();
        notifyAll();
    }

    @Override
    public synchronized void changed(CatalogReply reply) {
        switch (reply) {
            case CatalogReply.Created(Queue queue, boolean _) -> changed.put(queue.id(), Optional.of(queue));
            case CatalogReply.Updated(Queue queue) -> changed.put(queue.id(), Optional.of(queue));
            case CatalogReply.Deleted(Queue queue) -> changed.put(queue.id(), Optional.empty());
            case CatalogReply.Defined _, CatalogReply.Undefined _, CatalogReply.Refused _ -> {
                return;
            }
        }
        notifyAll();
    }

    private synchronized Changes await() throws InterruptedException {
        while (!anew && changed.isEmpty()) {
            wait();
        }
        Changes changes = new Changes(anew, changed);
        anew = false;
        changed = new LinkedHashMap<>();
        return changes;
    }

    private void run() {
        try {
            while (true) {
                Changes changes = await();
                try {
                    handOver(changes.anew() ? all() : changes.topics());
                } catch (RuntimeException e) {
                    LOG.error("a bug, met while telling the group coordinator of topics", e);
                }
            }
        } catch (InterruptedException _) {
            return; // The server is stopping.
        }
    }

    private Map<Long, Optional<Queue>> all() {
        Map<Long, Optional<Queue>> all = new LinkedHashMap<>();
        known.keySet().forEach(id -> all.put(id, Optional.empty()));
        topics.all().forEach(topic -> all.put(topic.id(), Optional.of(topic)));
        return all;
    }

    private void handOver(Map<Long, Optional<Queue>> changes) {
        MetadataDelta delta = new MetadataDelta.Builder().setImage(image).build();
        boolean differs = false;
        for (var change : changes.entrySet()) {
            Queue before = known.get(change.getKey());
            Queue after = change.getValue().filter(Topics::isTopic).orElse(null);
            if (after == null && before != null) {
                known.remove(before.id());
                delta.replay(new RemoveTopicRecord().setTopicId(Topics.id(before)));
                differs = true;
            } else if (after != null && (before == null || before.partitions() != after.partitions())) {
                known.put(after.id(), after);
                add(delta, after, before == null ? 0 : before.partitions());
                differs = true;
            }
        }
        if (!differs) {
            return;
        }
        images++;
        image = delta.apply(new MetadataProvenance(images, 1, images, true));
        coordinator.onMetadataUpdate(delta, image);
    }

    /** @param there partitions that it had before */
    private static void add(MetadataDelta delta, Queue topic, int there) {
        if (there == 0) {
            delta.replay(new TopicRecord().setName(topic.name()).setTopicId(Topics.id(topic)));
        }
        for (int partition = there; partition < topic.partitions(); partition++) {
            delta.replay(new PartitionRecord()
                    .setTopicId(Topics.id(topic))
                    .setPartitionId(partition)
                    .setLeader(0)
                    .setReplicas(List.of(0))
                    .setIsr(List.of(0)));
        }
    }

    @Override
    public void close() {
        thread.interrupt(); // It changes nothing that would have to be ended in good order.
    }
}
