package weir.core.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.LeaseId;
import weir.core.Message;
import weir.core.PartitionId;
import weir.core.PartitionStatus;
import weir.core.Position;
import weir.core.QueueSettings;
import weir.core.RandomNouns;
import weir.core.broker.Fetch;
import weir.core.broker.FetchOutcome;
import weir.core.broker.Peeked;
import weir.core.broker.Receipt;
import weir.core.broker.TopicOffsets;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogEntry;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.CatalogSnapshot;
import weir.core.shard.Command;
import weir.core.shard.Entry;
import weir.core.shard.Reply;

/** What is written is read, from random content; {@code -Dseed=} replays one. */
final class RoundTripTest {
    static LongStream seeds() {
        return RandomNouns.seeds(200);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void idsEnvelopesAndSettingsAreReadAsWritten(long seed) {
        RandomNouns nouns = new RandomNouns(seed);
        PartitionId partition = nouns.partition();
        Position position = nouns.position();
        LeaseId lease = nouns.lease();
        Envelope envelope = nouns.envelope();
        QueueSettings settings = nouns.settings();

        Writer out = new Writer(0);
        IdCodec.write(out, partition);
        IdCodec.write(out, position);
        IdCodec.write(out, lease);
        EnvelopeCodec.write(out, envelope);
        SettingsCodec.write(out, settings);

        Reader in = new Reader(out.bytes());
        assertThat(IdCodec.readPartition(in)).isEqualTo(partition);
        assertThat(IdCodec.readPosition(in)).isEqualTo(position);
        assertThat(IdCodec.readLease(in)).isEqualTo(lease);
        assertThat(EnvelopeCodec.read(in)).isEqualTo(envelope);
        assertThat(SettingsCodec.read(in)).isEqualTo(settings);
        assertThat(in.hasMore()).isFalse();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void messagesAreReadAsWritten(long seed) {
        Message message = new RandomNouns(seed).message();
        assertThat(MessageCodec.decode(MessageCodec.encode(message))).isEqualTo(message);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void entriesAreReadAsWritten(long seed) {
        RandomNouns nouns = new RandomNouns(seed);
        List<Command> commands = nouns.commandOfEachKind();
        Bytes bytes = EntryCodec.encode(seed, commands);
        assertThat(EntryCodec.decode(7, bytes)).isEqualTo(new Entry(7, seed, commands));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void catalogEntriesAndSnapshotsAreReadAsWritten(long seed) {
        RandomNouns nouns = new RandomNouns(seed);
        List<CatalogCommand> commands = nouns.catalogCommandOfEachKind();
        assertThat(CatalogCodec.decode(7, CatalogCodec.encode(seed, commands)))
                .isEqualTo(new CatalogEntry(7, seed, commands));
        CatalogSnapshot snapshot = nouns.catalogSnapshot();
        assertThat(CatalogCodec.decodeSnapshot(CatalogCodec.encode(snapshot))).isEqualTo(snapshot);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void answersBetweenNodesAreReadAsWritten(long seed) {
        RandomNouns nouns = new RandomNouns(seed);
        List<Reply> replies = nouns.replyOfEachKind();
        List<CatalogReply> catalogReplies = nouns.catalogReplyOfEachKind();
        PartitionId partition = nouns.partition();
        Receipt receipt = nouns.receipt(partition);
        List<Peeked> peeked = nouns.peeked();
        Optional<PartitionStatus> status = nouns.status();

        List<Fetch> fetches = nouns.fetches();
        List<FetchOutcome> fetched = nouns.fetched();
        Optional<TopicOffsets> offsets = nouns.offsets();

        Writer out = new Writer(0);
        replies.forEach(reply -> ReplyCodec.write(out, reply));
        catalogReplies.forEach(reply -> CatalogReplyCodec.write(out, reply));
        ReceiptCodec.write(out, partition, receipt);
        LookCodec.write(out, peeked);
        LookCodec.write(out, status);
        FetchCodec.writeFetches(out, fetches);
        FetchCodec.write(out, fetched);
        FetchCodec.write(out, offsets);

        Reader in = new Reader(out.bytes());
        assertThat(replies).allSatisfy(reply -> assertThat(ReplyCodec.read(in)).isEqualTo(reply));
        assertThat(catalogReplies)
                .allSatisfy(reply -> assertThat(CatalogReplyCodec.read(in)).isEqualTo(reply));
        assertThat(ReceiptCodec.read(in)).isEqualTo(receipt);
        assertThat(LookCodec.readPeeked(in)).isEqualTo(peeked);
        assertThat(LookCodec.readStatus(in)).isEqualTo(status);
        assertThat(FetchCodec.readFetches(in)).isEqualTo(fetches);
        assertThat(FetchCodec.read(in)).isEqualTo(fetched);
        assertThat(FetchCodec.readOffsets(in)).isEqualTo(offsets);
        assertThat(in.hasMore()).isFalse();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void commandsAloneAreReadAsWritten(long seed) {
        for (Command command : new RandomNouns(seed).commandOfEachKind()) {
            Writer out = new Writer(0);
            EntryCodec.write(out, command);
            assertThat(EntryCodec.read(new Reader(out.bytes()))).isEqualTo(command);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void commandTakesNoMoreBytesThanItsSizeEstimate(long seed) {
        for (Command command : new RandomNouns(seed).commandOfEachKind()) {
            Writer out = new Writer(0);
            EntryCodec.write(out, command);
            assertThat(out.size()).as(command.toString()).isLessThanOrEqualTo(EntryCodec.sizeEstimate(command));
        }
    }

    @Test
    void sizeEstimateOfPlainPublishIsLittleMoreThanItsPayload() {
        Batch batch = Batch.of(Envelope.PLAIN, Bytes.of(new byte[1000]));
        assertThat(EntryCodec.sizeEstimate(new Command.Publish(new PartitionId(1, 0), List.of(batch))))
                .isBetween(1000, 1120);
    }

    @Test
    void plainPublishAddsTenBytesToItsPayload() {
        EntryWriter entry = new EntryWriter(0);
        int before = entry.size();
        entry.add(new Command.Publish(
                new PartitionId(1, 0), List.of(Batch.of(Envelope.PLAIN, Bytes.of(new byte[1000])))));
        assertThat(entry.size() - before - 1000).isEqualTo(10);
    }

    @Test
    void decodedPayloadIsSliceOfTheEntry() {
        Batch batch = Batch.of(Envelope.PLAIN, Bytes.utf8("body"));
        Bytes bytes = EntryCodec.encode(1, List.of(new Command.Publish(new PartitionId(1, 0), List.of(batch))));
        Command.Publish publish =
                (Command.Publish) EntryCodec.decode(1, bytes).commands().getFirst();
        assertThat(publish.batches().getFirst().payload().array()).isSameAs(bytes.array());
    }

    @Test
    void entryBuiltCommandByCommandIsTheOneEncodedAtOnce() {
        List<Command> commands = new RandomNouns(1).commandOfEachKind();
        EntryWriter entry = new EntryWriter(0);
        commands.forEach(entry::add);
        assertThat(entry.count()).isEqualTo(commands.size());
        assertThat(entry.close(99)).isEqualTo(EntryCodec.encode(99, commands));
    }

    @Test
    void entryWithoutCommandsIsReadAsWritten() {
        assertThat(EntryCodec.decode(1, EntryCodec.encode(5, List.of()))).isEqualTo(new Entry(1, 5, List.of()));
    }

    @Test
    void messageWithManyHeadersIsReadAsWritten() {
        Message.Header header = new Message.Header("", "", Bytes.EMPTY);
        Message message = new Message(Collections.nCopies(20_000, header), Bytes.EMPTY);
        assertThat(MessageCodec.decode(MessageCodec.encode(message))).isEqualTo(message);
    }
}
