package weir.chaos.nemesis;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import weir.chaos.lab.DataFiles;
import weir.chaos.lab.DataFiles.Item;
import weir.chaos.lab.DataFiles.Kind;
import weir.chaos.lab.Lab;
import weir.chaos.lab.LabException;
import weir.chaos.lab.Node;

/**
 * Damage to what one node has on its disk. Half of the time it is the node that leads the group, and half one that follows.
 * What exactly was damaged is known only when the node is down, so it is told when the harm is undone.
 */
final class Damages {
    /** For a file under a running node to be read and found damaged, or to be given up anyway for a newer one. */
    private static final Duration FOUND_MAX = Duration.ofSeconds(75);

    /** Until a shard has a first checkpoint: they are made each minute. */
    private static final Duration CHECKPOINT_MAX = Duration.ofSeconds(75);

    private static final Duration LOOK = Duration.ofMillis(500);

    /** A torn write is rarely longer. */
    private static final int TORN_BYTES_MAX = 4_000;

    private final Lab lab;
    private final SplittableRandom random;

    Damages(Lab lab, SplittableRandom random) {
        this.lab = lab;
        this.random = random;
    }

    /** @param text who and what, for the report */
    private record Target(Node node, int group, String text) {}

    private Target target() throws IOException, InterruptedException {
        int group = random.nextInt(lab.groups());
        int leader = lab.leader(group);
        List<Node> with = new ArrayList<>();
        for (Node node : lab.nodes()) {
            if (!items(node, group, Kind.LOG_DIRECTORY).isEmpty()) {
                with.add(node);
            }
        }
        boolean leads = random.nextBoolean();
        List<Node> candidates =
                with.stream().filter(node -> (node.number() == leader) == leads).toList();
        List<Node> chosen = candidates.isEmpty() ? with : candidates;
        if (chosen.isEmpty()) {
            throw new LabException("no node has a log of group " + group);
        }
        Node node = chosen.get(random.nextInt(chosen.size()));
        return new Target(
                node,
                group,
                "node " + node.number() + (node.number() == leader ? ", leads " : ", in ")
                        + (group == 0 ? "the catalog" : "shard " + (group - 1)));
    }

    Fault flip() throws IOException, InterruptedException {
        Target target = target();
        return down(Harm.FLIP, target, () -> flip(target.node, any(target, Kind.STORE_FILE, Kind.LOG_FILE)));
    }

    Fault tear() throws IOException, InterruptedException {
        Target target = target();
        return down(Harm.TORN, target, () -> tear(target.node, any(target, Kind.OPEN_LOG_FILE)));
    }

    Fault lose() throws IOException, InterruptedException {
        Target target = target();
        return down(
                Harm.LOSE,
                target,
                () -> lose(
                        target.node,
                        any(target, Kind.STORE_FILE, Kind.LOG_FILE, Kind.LOG_DIRECTORY, Kind.STORE_DIRECTORY)));
    }

    private interface Damage {
        String befall() throws IOException;
    }

    private static Fault down(Harm harm, Target target, Damage damage) {
        StringBuilder note = new StringBuilder();
        return new Fault(
                harm,
                target.text,
                () -> {
                    target.node.kill();
                    note.append(damage.befall());
                },
                () -> {
                    target.node.start();
                    target.node.awaitReady();
                },
                note::toString);
    }

    private static List<Item> items(Node node, int group, Kind kind) throws IOException {
        return node.files().list(kind).stream()
                .filter(item -> item.group() == group)
                .toList();
    }

    /** A random one of the group; a log directory is always there. */
    private Item any(Target target, Kind... kinds) throws IOException {
        List<Kind> left = new ArrayList<>(List.of(kinds));
        while (!left.isEmpty()) {
            List<Item> items = items(target.node, target.group, left.remove(random.nextInt(left.size())));
            if (!items.isEmpty()) {
                return items.get(random.nextInt(items.size()));
            }
        }
        throw new LabException(target.text + ": nothing is there that can be damaged");
    }

    private String flip(Node node, Item file) throws IOException {
        long bytes = node.files().bytes(file);
        if (bytes == 0) {
            return file + " was empty, and stayed as it was";
        }
        long bit = random.nextLong(bytes * 8);
        if (!node.files().flip(file, bit)) {
            return file + " was gone by then";
        }
        return "bit " + bit % 8 + " of byte " + bit / 8 + " of " + bytes + " flipped in " + file;
    }

    private String tear(Node node, Item file) throws IOException {
        long bytes = node.files().bytes(file);
        long left = Math.max(0, bytes - 1 - random.nextInt(TORN_BYTES_MAX));
        node.files().cut(file, left);
        return file + " cut from " + bytes + " to " + left + " bytes";
    }

    private String lose(Node node, Item item) throws IOException {
        node.files().delete(item);
        return item + " deleted";
    }

    /** Files that a running node keeps: they are found by reading them, which it does again and again by itself. */
    Fault rot() throws IOException, InterruptedException {
        Target target = target();
        DataFiles files = target.node.files();
        long end = System.nanoTime() + CHECKPOINT_MAX.toNanos();
        while (items(target.node, target.group, Kind.STORE_FILE).isEmpty() && System.nanoTime() < end) {
            Thread.sleep(LOOK);
        }
        Item file = any(target, Kind.STORE_FILE);
        String identity = files.identity(file);
        StringBuilder note = new StringBuilder();
        return new Fault(
                Harm.ROT,
                target.text,
                () -> note.append(identity.equals(files.identity(file)) ? flip(target.node, file) : file + " is gone"),
                () -> {
                    long giveUp = System.nanoTime() + FOUND_MAX.toNanos();
                    while (isThere(target.node, file, identity) && System.nanoTime() < giveUp) {
                        Thread.sleep(LOOK);
                    }
                    if (isThere(target.node, file, identity)) {
                        note.append("; NOT FOUND in ")
                                .append(FOUND_MAX.toSeconds())
                                .append(" s");
                    }
                },
                note::toString);
    }

    private static boolean isThere(Node node, Item file, String identity) throws IOException {
        return node.runs() && node.files().identity(file).equals(identity);
    }

    /** What all nodes have set aside, by name. */
    static List<String> setAside(Lab lab) throws IOException {
        List<String> all = new ArrayList<>();
        for (Node node : lab.nodes()) {
            for (String name : node.files().setAside()) {
                all.add("node " + node.number() + " damaged/" + name);
            }
        }
        return all;
    }
}
