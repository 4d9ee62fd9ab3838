package weir.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What the lives of a {@link KilledNode} said, held against each other. */
final class KillLedger {
    /** What is known of a message that is not done with. */
    private enum Known {
        /** Its publisher got no answer: it may be there or not. */
        SENT,
        PUBLISHED,
        /** Somebody was about to acknowledge it, and got no answer. */
        ENDING,
        /** Its rejection was acknowledged: it is on its way to the dead-letter queue, or there. */
        REJECTED
    }

    private record Found(String queue, String state) {}

    private final Map<String, Known> open = new HashMap<>();
    /** Acknowledged, or found not to be there after a publish or an acknowledgement whose outcome was unknown. */
    private final Set<String> over = new HashSet<>();

    /** Acknowledgements under way. A message may be tried twice at a time: by one whose lease ran out, too. */
    private final Map<String, Integer> tries = new HashMap<>();

    /** With which receipt an ordered message was handed out last. */
    private final Map<String, String> receipts = new HashMap<>();

    private final Map<String, List<Found>> found = new HashMap<>();
    private final Map<String, String> lastFound = new TreeMap<>();
    private int lives;
    private int published;
    private int acknowledged;
    private int deadLetters;

    int lives() {
        return lives;
    }

    int published() {
        return published;
    }

    int acknowledged() {
        return acknowledged;
    }

    int deadLetters() {
        return deadLetters;
    }

    /** The next process has started. */
    void begin() {
        found.clear();
        lastFound.clear();
        tries.clear();
        receipts.clear();
    }

    void read(String line) {
        String[] words = line.split(" ", -1);
        String id = words[words.length - 1];
        switch (words[0]) {
            case "F" -> found(words[1], words[2], id);
            case "READY" -> compare();
            case "S" -> expect(open.put(id, Known.SENT) == null, line + ": it was sent before");
            case "P" -> {
                published++;
                open.computeIfPresent(id, (_, known) -> known == Known.SENT ? Known.PUBLISHED : known);
            }
            case "D" -> delivered(words[1], words[2], id);
            case "TA" -> {
                if (open.containsKey(id)) {
                    open.put(id, Known.ENDING);
                    tries.merge(id, 1, Integer::sum);
                }
            }
            case "NA" -> {
                boolean others = tries.merge(id, -1, Integer::sum) > 0;
                open.computeIfPresent(id, (_, known) -> others ? known : Known.PUBLISHED);
            }
            case "A" -> {
                acknowledged++;
                expect(open.remove(id) != null, line + ": it was over before");
                over.add(id);
            }
            case "TJ", "NJ" -> {}
            case "J" -> {
                deadLetters++;
                open.computeIfPresent(id, (_, known) -> known == Known.ENDING ? known : Known.REJECTED);
            }
            default -> throw new AssertionError(line);
        }
    }

    private void found(String queue, String state, String id) {
        found.computeIfAbsent(id, _ -> new ArrayList<>()).add(new Found(queue, state));
        if (queue.equals(KilledNode.ORDERED)) {
            String before = lastFound.put(producerOf(id), id);
            expect(before == null || isBefore(before, id), id + " is found behind " + before);
        }
    }

    /** Ids end in the number of the life and the number of the message in it. */
    private static boolean isBefore(String one, String other) {
        String[] x = one.split("/", -1);
        String[] y = other.split("/", -1);
        int byLife = Integer.compare(Integer.parseInt(x[2]), Integer.parseInt(y[2]));
        return byLife != 0 ? byLife < 0 : Integer.parseInt(x[3]) < Integer.parseInt(y[3]);
    }

    /** The others of its group that came before it are settled, are being settled, or were handed out with it. */
    private void delivered(String queue, String receipt, String id) {
        if (queue.equals(KilledNode.ORDERED)) {
            for (Map.Entry<String, Known> other : open.entrySet()) {
                boolean waits = other.getValue() == Known.PUBLISHED
                        && producerOf(other.getKey()).equals(producerOf(id))
                        && isBefore(other.getKey(), id);
                boolean withIt = receipt.equals(receipts.get(other.getKey()));
                expect(!waits || withIt, id + " is delivered before " + other.getKey());
            }
            receipts.put(id, receipt);
        }
    }

    /** What comes before the number of the life and the number of the message in it: the group, too. */
    static String producerOf(String id) {
        return id.substring(0, id.lastIndexOf('/', id.lastIndexOf('/') - 1));
    }

    /** All has been told that is there. What had no answer is decided by it. */
    private void compare() {
        lives++;
        for (Map.Entry<String, List<Found>> one : found.entrySet()) {
            String id = one.getKey();
            List<Found> places = one.getValue();
            long staying = places.stream()
                    .filter(place -> !place.state.equals("DEPARTING"))
                    .count();
            expect(staying <= 1 && places.size() <= 2, id + " is found in " + places);
            expect(staying == 0 || !over.contains(id), id + " came back: " + places);
            expect(open.containsKey(id) || over.contains(id), id + " was never sent: " + places);
        }
        for (Map.Entry<String, Known> one : List.copyOf(open.entrySet())) {
            String id = one.getKey();
            if (found.containsKey(id)) {
                open.put(id, Known.PUBLISHED);
            } else {
                boolean mayBeOver = one.getValue() == Known.SENT || one.getValue() == Known.ENDING;
                expect(mayBeOver, id + " is lost; it was " + one.getValue());
                open.remove(id);
                over.add(id);
            }
        }
    }

    private static void expect(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
