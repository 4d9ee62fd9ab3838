package weir.chaos.history;

import static weir.chaos.history.Line.escaped;
import static weir.chaos.history.Line.micros;
import static weir.chaos.history.Line.seconds;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Entries as lines of text, and back. */
public final class HistoryCodec {
    private HistoryCodec() {}

    public static String format(Entry entry) {
        return switch (entry) {
            case Entry.Run run ->
                "run seed=" + run.seed() + " nodes=" + run.nodes() + " tolerance=" + seconds(run.toleranceMicros())
                        + " text=" + escaped(run.text());
            case Entry.Queue queue ->
                "queue name=" + escaped(queue.name()) + " front=" + escaped(queue.front()) + " ordered="
                        + queue.ordered() + " partitions=" + queue.partitions() + " visibility="
                        + seconds(queue.visibilityMicros()) + " attempts="
                        + queue.attemptsMax() + " dead=" + escaped(queue.deadLetters());
            case Entry.FaultBegan fault ->
                "fault " + seconds(fault.atMicros()) + " number=" + fault.number() + " kind=" + escaped(fault.kind())
                        + " text=" + escaped(fault.text());
            case Entry.FaultEnded fault ->
                "healed " + seconds(fault.atMicros()) + " number=" + fault.number() + " text=" + escaped(fault.text());
            case Entry.Mended mended ->
                "mended " + seconds(mended.atMicros()) + " number=" + mended.number() + " whole=" + mended.whole()
                        + " text=" + escaped(Line.shortened(mended.text()));
            case Entry.Operation operation ->
                "op " + seconds(operation.beginMicros()) + " " + seconds(operation.endMicros()) + " client="
                        + escaped(operation.client()) + " node=" + operation.node() + " queue="
                        + escaped(operation.queue()) + " outcome="
                        + operation.outcome().name().toLowerCase(Locale.ROOT) + " why="
                        + escaped(Line.shortened(operation.why())) + " " + format(operation.act());
            case Entry.Drained drained ->
                "drained " + seconds(drained.atMicros()) + " complete=" + drained.complete() + " text="
                        + escaped(drained.text());
            case Entry.Counted counted ->
                "counted " + seconds(counted.atMicros()) + " queue=" + escaped(counted.queue()) + " ready="
                        + counted.ready() + " leased=" + counted.leased() + " delayed=" + counted.delayed();
        };
    }

    private static String format(Act act) {
        return switch (act) {
            case Act.Publish publish ->
                "act=publish id=" + escaped(publish.id()) + " group=" + escaped(publish.group()) + " checksum="
                        + publish.checksum() + " delay=" + seconds(publish.delayMicros()) + " place="
                        + escaped(publish.place());
            case Act.Receive receive ->
                "act=receive wait=" + seconds(receive.waitMicros()) + " messages="
                        + receive.deliveries().stream()
                                .map(HistoryCodec::format)
                                .collect(Collectors.joining(";"));
            case Act.Acknowledge acknowledge ->
                "act=acknowledge id=" + escaped(acknowledge.id()) + " lease=" + escaped(acknowledge.lease());
            case Act.Extend extend ->
                "act=extend id=" + escaped(extend.id()) + " lease=" + escaped(extend.lease()) + " visibility="
                        + seconds(extend.visibilityMicros());
        };
    }

    private static String format(Delivery delivery) {
        return escaped(delivery.id()) + "," + delivery.checksum() + "," + escaped(delivery.place()) + ","
                + escaped(delivery.lease()) + "," + delivery.attempts();
    }

    /** @throws IllegalArgumentException if the line is none of a history; says what is wrong with it */
    public static Entry parse(String text) {
        Line line = Line.parse(text);
        return switch (line.word(0)) {
            case "run" ->
                new Entry.Run(
                        Long.parseLong(line.raw("seed")),
                        line.number("nodes"),
                        micros(line.raw("tolerance")),
                        line.text("text"));
            case "queue" ->
                new Entry.Queue(
                        line.text("name"),
                        line.text("front"),
                        Boolean.parseBoolean(line.raw("ordered")),
                        line.number("partitions", 1), // Histories from before there were several do not tell.
                        micros(line.raw("visibility")),
                        line.number("attempts"),
                        line.text("dead"));
            case "fault" ->
                new Entry.FaultBegan(micros(line.word(1)), line.number("number"), line.text("kind"), line.text("text"));
            case "healed" -> new Entry.FaultEnded(micros(line.word(1)), line.number("number"), line.text("text"));
            case "mended" ->
                new Entry.Mended(
                        micros(line.word(1)),
                        line.number("number"),
                        Boolean.parseBoolean(line.raw("whole")),
                        line.text("text"));
            case "op" ->
                new Entry.Operation(
                        micros(line.word(1)),
                        micros(line.word(2)),
                        line.text("client"),
                        line.number("node"),
                        line.text("queue"),
                        Outcome.valueOf(line.raw("outcome").toUpperCase(Locale.ROOT)),
                        line.text("why"),
                        act(line));
            case "drained" ->
                new Entry.Drained(micros(line.word(1)), Boolean.parseBoolean(line.raw("complete")), line.text("text"));
            case "counted" ->
                new Entry.Counted(
                        micros(line.word(1)),
                        line.text("queue"),
                        line.number("ready"),
                        line.number("leased"),
                        line.number("delayed"));
            default -> throw new IllegalArgumentException("\"" + line.word(0) + "\" begins no line of a history");
        };
    }

    private static Act act(Line line) {
        return switch (line.raw("act")) {
            case "publish" ->
                new Act.Publish(
                        line.text("id"),
                        line.text("group"),
                        line.raw("checksum"),
                        micros(line.raw("delay")),
                        line.text("place"));
            case "receive" -> new Act.Receive(micros(line.raw("wait")), deliveries(line.raw("messages")));
            case "acknowledge" -> new Act.Acknowledge(line.text("id"), line.text("lease"));
            case "extend" -> new Act.Extend(line.text("id"), line.text("lease"), micros(line.raw("visibility")));
            default -> throw new IllegalArgumentException("\"" + line.raw("act") + "\" is no act");
        };
    }

    private static List<Delivery> deliveries(String text) {
        return text.isEmpty()
                ? List.of()
                : Arrays.stream(text.split(";", -1)).map(HistoryCodec::delivery).toList();
    }

    private static Delivery delivery(String text) {
        List<String> parts = List.of(text.split(",", -1));
        if (parts.size() != 5) {
            throw new IllegalArgumentException("\"" + text + "\" is not id,checksum,place,lease,attempts");
        }
        return new Delivery(
                Line.unescaped(parts.get(0)),
                parts.get(1),
                Line.unescaped(parts.get(2)),
                Line.unescaped(parts.get(3)),
                Integer.parseInt(parts.get(4)));
    }
}
