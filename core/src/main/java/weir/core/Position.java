package weir.core;

/**
 * The place of a message in its partition. Given at append, rising within its level, never reused.
 *
 * @param level the priority level, 0 the highest
 * @param offset dense within (partition, level), from 0
 */
public record Position(int level, long offset) implements Comparable<Position> {
    public Position {
        Check.inRange("level", level, 0, Limits.PRIORITY_LEVELS_MAX - 1);
        Check.atLeast("offset", offset, 0);
    }

    @Override
    public int compareTo(Position other) {
        int byLevel = Integer.compare(level, other.level);
        return byLevel != 0 ? byLevel : Long.compare(offset, other.offset);
    }
}
