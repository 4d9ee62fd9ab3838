package weir.chaos.nemesis;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import weir.chaos.history.Entry;
import weir.chaos.history.Recorder;
import weir.chaos.lab.Lab;
import weir.chaos.lab.Node;

/** Harms the cluster, heals it, and says so in the history. On one thread. */
public final class Nemesis {
    /** With two clocks as far apart as {@link Harm#CLOCK} sets them, and what a clock's change takes to be noticed. */
    public static final Duration TOLERANCE_WITH_CLOCKS = Duration.ofMillis(4_500);
    /** Clocks of one machine are one clock; what is left is rounding to seconds and milliseconds. */
    public static final Duration TOLERANCE = Duration.ofMillis(100);

    private static final Duration HARM_MIN = Duration.ofSeconds(3);
    private static final Duration HARM_MAX = Duration.ofSeconds(10);
    private static final Duration REST_MIN = Duration.ofSeconds(4);
    /** Long enough, now and then, to see that every client recovers. */
    private static final Duration REST_MAX = Duration.ofSeconds(20);

    /** Until every replica is there again: it is removed, put away, opened, added and copied, a step a second. */
    private static final Duration MENDED_MAX = Duration.ofSeconds(90);

    /** Each question is a process of its own. */
    private static final Duration BETWEEN_QUESTIONS = Duration.ofSeconds(2);

    private static final Duration LOOK = Duration.ofMillis(200);

    private final Lab lab;
    private final Recorder recorder;
    private final SplittableRandom random;
    private final List<Harm> harms;
    private final Consumer<String> progress;
    private final List<Harm> deck = new ArrayList<>();
    private int number;

    /** @param harms those that are not possible here are left out */
    public Nemesis(Lab lab, Recorder recorder, SplittableRandom random, List<Harm> harms, Consumer<String> progress) {
        this.lab = lab;
        this.recorder = recorder;
        this.random = random;
        this.harms = harms.stream().filter(harm -> harm.possible(lab)).toList();
        this.progress = progress;
        harms.stream()
                .filter(harm -> !harm.possible(lab))
                .forEach(harm -> progress.accept("left out, as it is not possible here: " + harm.text()));
    }

    /** Goes on for so long, or until {@code ended}; the cluster is whole when it returns. */
    public void run(Duration duration, BooleanSupplier ended) throws IOException, InterruptedException {
        long end = System.nanoTime() + duration.toNanos();
        rest(between(REST_MIN, REST_MIN.multipliedBy(2)), ended);
        while (System.nanoTime() < end && !ended.getAsBoolean() && !harms.isEmpty()) {
            strike(new Faults(lab, random).of(draw()), ended);
            rest(between(REST_MIN, random.nextInt(5) == 0 ? REST_MAX : REST_MIN.multipliedBy(2)), ended);
        }
    }

    /** Each kind once, in any order, before one comes again. */
    private Harm draw() {
        if (deck.isEmpty()) {
            deck.addAll(harms);
        }
        return deck.remove(random.nextInt(deck.size()));
    }

    private void strike(Fault fault, BooleanSupplier ended) throws IOException, InterruptedException {
        number++;
        List<String> setAside = Damages.setAside(lab);
        Duration lasting = between(HARM_MIN, HARM_MAX);
        progress.accept(fault.harm().text() + ": " + fault.text());
        recorder.record(
                new Entry.FaultBegan(recorder.now(), number, fault.harm().text(), fault.text()));
        fault.harmful().run();
        rest(lasting, ended);
        fault.healing().run();
        String revived = revive();
        String text = Stream.of(fault.note().get(), revived)
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("; "));
        recorder.record(new Entry.FaultEnded(recorder.now(), number, text));
        progress.accept("  healed" + (text.isEmpty() ? "" : "; " + text));
        mend(setAside, ended);
    }

    /** Whole again is a cluster that says so itself: every replica is there, none is damaged, all have a leader. */
    private void mend(List<String> setAside, BooleanSupplier ended) throws IOException, InterruptedException {
        if (lab.nodes().size() < 2) {
            return;
        }
        long end = System.nanoTime() + MENDED_MAX.toNanos();
        String troubles;
        do {
            rest(BETWEEN_QUESTIONS, ended);
            revive(); // Damage to what the whole node rests on ends it, and is mended by its next start.
            troubles = lab.troubles();
        } while (!troubles.isEmpty() && System.nanoTime() < end && !ended.getAsBoolean());
        List<String> fresh = new ArrayList<>(Damages.setAside(lab));
        fresh.removeAll(setAside);
        String text = troubles.isEmpty() ? String.join(", ", fresh) : troubles;
        recorder.record(new Entry.Mended(recorder.now(), number, troubles.isEmpty(), text));
        progress.accept("  " + (troubles.isEmpty() ? "whole" : "NOT WHOLE") + (text.isEmpty() ? "" : ": " + text));
    }

    /** As a service manager does, starts again what has ended by itself. */
    private String revive() throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder();
        for (Node node : lab.nodes()) {
            if (!node.runs()) {
                text.append(text.isEmpty() ? "" : ", ")
                        .append("node ")
                        .append(node.number())
                        .append(" had ended with ")
                        .append(node.exitValue().orElseThrow());
                node.start();
                node.awaitReady();
            }
        }
        return text.toString();
    }

    private Duration between(Duration least, Duration most) {
        return Duration.ofMillis(random.nextLong(least.toMillis(), most.toMillis() + 1));
    }

    private static void rest(Duration duration, BooleanSupplier ended) throws InterruptedException {
        long end = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() < end && !ended.getAsBoolean()) {
            Thread.sleep(LOOK);
        }
    }
}
