package weir.amqp.session;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import weir.amqp.queue.AmqpQueue;
import weir.core.LeaseId;
import weir.core.Limits;
import weir.core.PartitionId;
import weir.core.shard.Command;

/** What settlements come to: as few commands as can say them, none larger than one may be. */
final class Settling {
    /** As long as a queue may keep a message: what a connection holds is its client's for as long as it likes. */
    private static final long HELD_MILLIS_MAX = Limits.RETENTION_MAX.toMillis();

    private Settling() {}

    /** What one command can do. */
    private record Together(PartitionId partition, long delayMillis) implements Comparable<Together> {
        private static final Comparator<Together> ORDER =
                Comparator.comparing(Together::partition).thenComparingLong(Together::delayMillis);

        @Override
        public int compareTo(Together other) {
            return ORDER.compare(this, other);
        }
    }

    /** Ends deliveries. */
    static List<Command.OfPartition> commands(Settler.Way way, List<Held> held) {
        Map<Together, List<LeaseId>> together = new TreeMap<>();
        for (Held each : held) {
            together.computeIfAbsent(new Together(each.partition(), delayMillis(way, each)), _ -> new ArrayList<>())
                    .add(each.lease());
        }
        List<Command.OfPartition> commands = new ArrayList<>();
        together.forEach((of, leases) -> {
            for (List<LeaseId> some : pieces(leases)) {
                commands.add(command(way, of, some));
            }
        });
        return commands;
    }

    /** Keeps deliveries from running out. */
    static List<Command.OfPartition> extensions(List<Held> held) {
        Map<PartitionId, List<LeaseId>> together = new TreeMap<>();
        for (Held each : held) {
            together.computeIfAbsent(each.partition(), _ -> new ArrayList<>()).add(each.lease());
        }
        List<Command.OfPartition> commands = new ArrayList<>();
        together.forEach((partition, leases) -> {
            for (List<LeaseId> some : pieces(leases)) {
                commands.add(
                        new Command.Extend(partition, some, SessionLimits.LEASE.toMillis(), true, HELD_MILLIS_MAX));
            }
        });
        return commands;
    }

    private static List<List<LeaseId>> pieces(List<LeaseId> leases) {
        List<List<LeaseId>> pieces = new ArrayList<>();
        for (int from = 0; from < leases.size(); from += SessionLimits.SETTLED_AT_A_TIME) {
            pieces.add(leases.subList(from, Math.min(leases.size(), from + SessionLimits.SETTLED_AT_A_TIME)));
        }
        return pieces;
    }

    private static long delayMillis(Settler.Way way, Held held) {
        int deliveries = held.lease().delivery();
        return switch (way) {
            case ACKNOWLEDGE, REJECT -> 0;
            case RETURN -> held.queue().retryDelayMillis(AmqpQueue.Return.FAILED, deliveries);
            case RELEASE -> held.queue().retryDelayMillis(AmqpQueue.Return.RETURNED, deliveries);
        };
    }

    private static Command.OfPartition command(Settler.Way way, Together of, List<LeaseId> leases) {
        return switch (way) {
            case ACKNOWLEDGE -> new Command.Acknowledge(of.partition(), leases, true);
            case RETURN -> new Command.Release(of.partition(), leases, of.delayMillis(), true);
            case RELEASE -> new Command.Release(of.partition(), leases, of.delayMillis(), false);
            case REJECT -> new Command.Reject(of.partition(), leases);
        };
    }
}
