package weir.core.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One step of a simulation, before it is known what there is to act on: the numbers are read as indexes into whatever is
 * there when its turn comes, so a list of actions still means something after some were taken out.
 *
 * @param waitMillis time that passes before it
 */
record Action(Kind kind, int waitMillis, int a, int b, int c, int d) {
    enum Kind {
        PUBLISH(26),
        FANOUT(6),
        ACQUIRE(25),
        ACKNOWLEDGE(14),
        EXTEND(5),
        RELEASE(6),
        REJECT(3),
        MOVE(4),
        CANCEL(3),
        TAKE_IN(6),
        TAKE_IN_AGAIN(1),
        SETTLE_DEPARTURES(6),
        CONFIGURE(3),
        PURGE(2),
        DROP(1),
        TICK(4),
        RESTART(4);

        private final int weight;

        Kind(int weight) {
            this.weight = weight;
        }
    }

    private static final int RANGE = 1000;

    static List<Action> list(SplittableRandom random, int count) {
        List<Action> actions = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            actions.add(new Action(
                    kind(random),
                    wait(random),
                    random.nextInt(RANGE),
                    random.nextInt(RANGE),
                    random.nextInt(RANGE),
                    random.nextInt(RANGE)));
        }
        return actions;
    }

    private static Kind kind(SplittableRandom random) {
        int total = 0;
        for (Kind kind : Kind.values()) {
            total += kind.weight;
        }
        int at = random.nextInt(total);
        for (Kind kind : Kind.values()) {
            at -= kind.weight;
            if (at < 0) {
                return kind;
            }
        }
        throw new AssertionError("the weights do not add up");
    }

    private static int wait(SplittableRandom random) {
        return switch (random.nextInt(20)) {
            case 0 -> 300;
            case 1, 2 -> 20;
            case 3, 4, 5, 6, 7 -> random.nextInt(6);
            default -> 0;
        };
    }
}
