package weir.kafka.group;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRuntimeMetricsImpl;
import org.apache.kafka.coordinator.group.GroupConfigManager;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.coordinator.group.GroupCoordinatorService;
import org.apache.kafka.coordinator.group.metrics.GroupCoordinatorMetrics;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupConfig;
import org.apache.kafka.server.share.persister.NoOpStatePersister;
import org.apache.kafka.server.util.timer.SystemTimer;
import org.apache.kafka.server.util.timer.SystemTimerReaper;
import weir.kafka.Front;
import weir.kafka.session.Handler;

/** A node's part in coordinating groups: a page of wiring. Opened in the order of need, closed in the reverse. */
public final class ConsumerGroups implements AutoCloseable {
    private final GroupCoordinator coordinator;
    private final Coordinators coordinators;
    private final TopicImages images;
    private final Metrics metrics = new Metrics();
    private final List<Handler> handlers;

    /**
     * Groups are coordinated here from now on, as far as this node leads where they are.
     *
     * @param self this node's number
     */
    public static ConsumerGroups start(int self, Front front, GroupSettings settings) {
        ConsumerGroups groups = new ConsumerGroups(self, front, settings);
        groups.coordinator.startup(() -> GroupLimits.PARTITIONS);
        front.broker().watch(groups.images);
        groups.images.start();
        groups.coordinators.start();
        return groups;
    }

    private ConsumerGroups(int self, Front front, GroupSettings settings) {
        ConcurrentLinkedQueue<Integer> lost = new ConcurrentLinkedQueue<>();
        ReplicatedCoordinatorLog log = new ReplicatedCoordinatorLog(self, front.broker(), lost::add);
        GroupCoordinatorConfig config = settings.config();
        coordinator = new GroupCoordinatorService.Builder(self, config)
                .withTime(Time.SYSTEM)
                .withTimer(new SystemTimerReaper("weir-kafka-group-timers", new SystemTimer("weir-kafka-group")))
                .withLoader(log)
                .withWriter(log)
                .withCoordinatorRuntimeMetrics(
                        new CoordinatorRuntimeMetricsImpl(metrics, GroupCoordinatorMetrics.METRICS_GROUP, true))
                .withGroupCoordinatorMetrics(new GroupCoordinatorMetrics())
                .withGroupConfigManager(groupConfigs(config, settings.shareConfig()))
                .withPersister(new NoOpStatePersister())
                .withAuthorizerPlugin(Optional.empty())
                .withPartitionMetadataClient(new NoShareOffsets())
                .build();
        coordinators = new Coordinators(front.broker(), coordinator, log::forget, lost);
        images = new TopicImages(front.topics(), coordinator);
        handlers = GroupHandlers.of(front, coordinator);
    }

    private static GroupConfigManager groupConfigs(GroupCoordinatorConfig config, ShareGroupConfig shares) {
        return new GroupConfigManager(config.extractGroupConfigMap(shares), config, shares);
    }

    /** What answers requests about groups. */
    public List<Handler> handlers() {
        return handlers;
    }

    @Override
    public void close() {
        coordinators.close();
        images.close();
        coordinator.shutdown();
        metrics.close();
    }
}
