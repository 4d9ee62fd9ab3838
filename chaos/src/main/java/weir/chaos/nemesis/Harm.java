package weir.chaos.nemesis;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import weir.chaos.lab.Lab;

/** The kinds of harm. */
public enum Harm {
    KILL(Needs.PROCESSES, "kill -9 of a node, started again after some seconds"),
    KILL_ALL(Needs.PROCESSES, "kill -9 of every node at once"),
    PAUSE(Needs.PROCESSES, "a node is stopped in its tracks (SIGSTOP), and goes on later as if nothing had been"),
    RESTART(Needs.PROCESSES, "a node is stopped as a service manager does, and started again"),
    ROLLING(Needs.PROCESSES, "every node in turn is stopped and started again"),
    ISOLATE(Needs.NETWORK, "a node is cut off from all others, though not from clients"),
    ONE_WAY(Needs.NETWORK, "what a node sends reaches no other; what they send reaches it"),
    BRIDGE(Needs.NETWORK, "two halves that cannot reach each other, and one node that reaches both"),
    SLOW(Needs.NETWORK, "a node's link has 2 Mbit/s and drops what that cannot carry"),
    POWER(Needs.DISKS, "power cut of a node: killed, and what it had not synced to its disk is lost"),
    POWER_ALL(Needs.DISKS, "power cut of every node at once"),
    FULL(Needs.DISKS, "a node's disk is full"),
    READ_ONLY(Needs.DISKS, "a node's disk fails and cannot be written any more"),
    FLIP(Needs.REPLICAS, "kill -9 of a node, and a bit is flipped in a file of a replica before it is started again"),
    TORN(Needs.REPLICAS, "kill -9 of a node, and the end of a log is cut off"),
    LOSE(Needs.REPLICAS, "kill -9 of a node, and a file, a log or a store is deleted"),
    ROT(Needs.REPLICAS, "a bit is flipped in a file of a replica under the running node"),
    CLOCK(Needs.PROCESSES, "a node's clock is set up to two seconds ahead or back"),
    WIPE(
            Needs.PROCESSES,
            "kill -9 of a node and its data deleted: only on request, to see the checker find what is lost");

    private enum Needs {
        PROCESSES,
        NETWORK,
        DISKS,
        /** Of which two are left when one is damaged. */
        REPLICAS
    }

    private final Needs needs;
    private final String text;

    Harm(Needs needs, String text) {
        this.needs = needs;
        this.text = text;
    }

    /** As it is asked for and reported: one-way. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What it does, in a line. */
    public String meaning() {
        return text;
    }

    /** @throws IllegalArgumentException if there is no such harm; says which there are */
    public static Harm parse(String text) {
        return Arrays.stream(values())
                .filter(harm -> harm.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("\"" + text + "\" is no nemesis, allowed is any of "
                        + String.join(
                                ", ", Arrays.stream(values()).map(Harm::text).toList())));
    }

    /** All that a cluster has to bear. */
    public static List<Harm> bearable() {
        return Arrays.stream(values()).filter(harm -> harm != WIPE).toList();
    }

    boolean possible(Lab lab) {
        return switch (needs) {
            case PROCESSES -> this != ROLLING || lab.nodes().size() > 1;
            case NETWORK -> lab.network() != null && lab.nodes().size() >= 3;
            case DISKS -> lab.disks();
            case REPLICAS -> lab.nodes().size() >= 3;
        };
    }
}
