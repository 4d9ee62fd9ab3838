package weir.admin;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import weir.core.LeaseId;
import weir.core.Limits;
import weir.core.PartitionId;
import weir.core.Position;
import weir.core.QueuePosition;

/** How positions and leases are named in JSON and in addresses. */
final class Names {
    private static final Pattern POSITION = Pattern.compile("(?:(\\d{1,2}):)?(\\d{1,2}):(\\d{1,18})");
    private static final Pattern TOKEN = Pattern.compile("(\\d{1,18})-(\\d{1,9})-(\\d{1,2})-(\\d{1,18})-(\\d{1,9})");

    /** A lease, and where it is. */
    record Token(PartitionId partition, LeaseId lease) {}

    private Names() {}

    /** Level and offset; and before them the partition's number, unless it is the first. */
    static String of(QueuePosition place) {
        Position position = place.position();
        return (place.partition() == 0 ? "" : place.partition() + ":") + position.level() + ":" + position.offset();
    }

    static String of(PartitionId partition, Position position) {
        return of(new QueuePosition(partition.partition(), position));
    }

    static Optional<QueuePosition> position(String text) {
        Matcher match = POSITION.matcher(text);
        if (!match.matches()) {
            return Optional.empty();
        }
        int partition = match.group(1) == null ? 0 : Integer.parseInt(match.group(1));
        int level = Integer.parseInt(match.group(2));
        return partition >= Limits.PARTITIONS_MAX || level >= Limits.PRIORITY_LEVELS_MAX
                ? Optional.empty()
                : Optional.of(new QueuePosition(partition, new Position(level, Long.parseLong(match.group(3)))));
    }

    static String token(PartitionId partition, LeaseId lease) {
        return partition.queue() + "-" + partition.partition() + "-"
                + lease.position().level() + "-" + lease.position().offset() + "-" + lease.delivery();
    }

    static Optional<Token> token(String text) {
        Matcher match = TOKEN.matcher(text);
        if (!match.matches()) {
            return Optional.empty();
        }
        long queue = Long.parseLong(match.group(1));
        int level = Integer.parseInt(match.group(3));
        int delivery = Integer.parseInt(match.group(5));
        if (queue < 1 || level >= Limits.PRIORITY_LEVELS_MAX || delivery < 1) {
            return Optional.empty();
        }
        return Optional.of(new Token(
                new PartitionId(queue, Integer.parseInt(match.group(2))),
                new LeaseId(new Position(level, Long.parseLong(match.group(4))), delivery)));
    }
}
