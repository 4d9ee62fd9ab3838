package weir.chaos.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HistoryCodecTest {
    @TempDir
    private Path directory;

    static Stream<Entry> entries() {
        Stream<Act> acts = Stream.of(
                new Act.Publish("p1-7", "p1-g0", "00ff00ff", 2_000_000, "a place, with; signs = and 100 %"),
                new Act.Receive(1_000_000, List.of()),
                new Act.Receive(
                        0,
                        List.of(
                                new Delivery("p1-7", "00ff00ff", "x y", "c1-0", 1),
                                new Delivery("p1-8", "12345678", "z", "c1-1", 0))),
                new Act.Acknowledge("p1-7", "c1-0"),
                new Act.Extend("p1-7", "c1-0", 0));
        return Stream.concat(
                acts.map(act -> new Entry.Operation(
                        1_234_567, 61_000_001, "c1", 3, "work-1.fifo", Outcome.UNKNOWN, "gone: \"a\nb\"", act)),
                Stream.of(
                        new Entry.Run(-7, 3, 100_000, "3 nodes, harmed by kill"),
                        new Entry.Queue("work-1.fifo", "sqs", true, 4, 6_000_000, 4, "work-dead.fifo"),
                        new Entry.FaultBegan(5, 1, "one-way", "from node 1"),
                        new Entry.FaultEnded(6_000_000, 1, ""),
                        new Entry.Mended(6_500_000, 1, true, "node 1 damaged/1-1"),
                        new Entry.Drained(7, true, "all"),
                        new Entry.Counted(8, "q", 1, 2, 3)));
    }

    @ParameterizedTest
    @MethodSource("entries")
    void anEntryIsReadAsItWasWritten(Entry entry) {
        assertThat(HistoryCodec.parse(HistoryCodec.format(entry))).isEqualTo(entry);
    }

    @Test
    void aLineIsReadable() {
        assertThat(HistoryCodec.format(new Entry.Operation(
                        1_500_000, 1_501_000, "c1", 2, "work", Outcome.OK, "", new Act.Acknowledge("p1-7", "c1-0"))))
                .isEqualTo("op 1.500000 1.501000 client=c1 node=2 queue=work outcome=ok why= act=acknowledge id=p1-7"
                        + " lease=c1-0");
    }

    @Test
    void aQueueOfAnOlderHistoryHasOnePartition() {
        Entry older = HistoryCodec.parse("queue name=q front=sqs ordered=true visibility=6 attempts=0 dead=");
        assertThat(older).isEqualTo(new Entry.Queue("q", "sqs", true, 1, 6_000_000, 0, ""));
    }

    @Test
    void aLineThatWasCutOffAtTheEndIsLeftOut() throws IOException {
        Path file = directory.resolve("history.log");
        Files.writeString(file, "run seed=1 nodes=1 tolerance=0 text=\nhealed 5 number=1 te");
        assertThat(History.read(file).run().seed()).isOne();
    }

    @Test
    void aLineThatIsNoneIsNamed() throws IOException {
        Path file = directory.resolve("history.log");
        Files.writeString(file, "# a comment\nnonsense 5\nhealed 5 number=1 text=\n");
        assertThatThrownBy(() -> History.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("history.log, line 2: \"nonsense\" begins no line of a history");
    }
}
