package weir.admin;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import weir.core.LeaseId;
import weir.core.Limits;
import weir.core.PartitionId;
import weir.core.Position;

/** How positions and leases are named in JSON and in addresses. */
final class Names {
    private static final Pattern POSITION = Pattern.compile("(\\d{1,2}):(\\d{1,18})");
    private static final Pattern TOKEN = Pattern.compile("(\\d{1,18})-(\\d{1,9})-(\\d{1,2})-(\\d{1,18})-(\\d{1,9})");

    /** A lease, and where it is. */
    record Token(PartitionId partition, LeaseId lease) {}

    private Names() {}

    static String of(Position position) {
        return position.level() + ":" + position.offset();
    }

    static Optional<Position> position(String text) {
        Matcher match = POSITION.matcher(text);
        if (!match.matches() || Integer.parseInt(match.group(1)) >= Limits.PRIORITY_LEVELS_MAX) {
            return Optional.empty();
        }
        return Optional.of(new Position(Integer.parseInt(match.group(1)), Long.parseLong(match.group(2))));
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
