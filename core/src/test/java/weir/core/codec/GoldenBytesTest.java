package weir.core.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.DeadLetterPolicy;
import weir.core.DeadLetterReason;
import weir.core.DeduplicationScope;
import weir.core.Envelope;
import weir.core.LeaseId;
import weir.core.Message;
import weir.core.MessageState;
import weir.core.Numbering;
import weir.core.Ordering;
import weir.core.Origin;
import weir.core.Overflow;
import weir.core.PartitionId;
import weir.core.PartitionStatus;
import weir.core.Position;
import weir.core.PriorityMode;
import weir.core.QueueSettings;
import weir.core.Reading;
import weir.core.broker.Delivery;
import weir.core.broker.Fetch;
import weir.core.broker.FetchOutcome;
import weir.core.broker.FetchedBatch;
import weir.core.broker.Peeked;
import weir.core.broker.Receipt;
import weir.core.broker.TopicOffsets;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogRefusal;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.CatalogSnapshot;
import weir.core.catalog.Definition;
import weir.core.catalog.Queue;
import weir.core.shard.Command;
import weir.core.shard.Refusal;
import weir.core.shard.Reply;

/**
 * Bytes on disk, and between nodes of which one may be older, stay readable. A line of {@code golden.properties} that this test holds the code against is never edited:
 * a new form gets a new version or tag, and a line of its own.
 */
final class GoldenBytesTest {
    private static final PartitionId PARTITION = new PartitionId(300, 2);
    private static final LeaseId LEASE = new LeaseId(new Position(1, 1000), 3);
    private static final List<LeaseId> LEASES = List.of(LEASE, new LeaseId(new Position(0, 0), 1));
    private static final Envelope ENVELOPE = new Envelope(
            "tenant",
            "id-1",
            1_700_000_000_000L,
            1_700_000_060_000L,
            new Origin(
                    new PartitionId(5, 0),
                    new Position(2, 77),
                    new PartitionId(6, 1),
                    DeadLetterReason.EXPIRED,
                    4,
                    1_699_999_999_999L));
    private static final Envelope SHOWN = new Envelope("tenant", null, 0, Envelope.NEVER, null, 300);
    private static final QueueSettings SETTINGS = new QueueSettings(
            Ordering.BEST_EFFORT,
            Duration.ofSeconds(20),
            Duration.ofMillis(1500),
            Duration.ofDays(2),
            65_536,
            1_000_000,
            QueueSettings.UNLIMITED,
            Overflow.DROP_OLDEST,
            500,
            DeduplicationScope.GROUP,
            Duration.ofMinutes(10),
            3,
            PriorityMode.STRICT,
            new DeadLetterPolicy("dead", 5, true),
            true,
            false,
            false,
            Reading.LEASE);
    private static final QueueSettings SETTINGS_2 = SETTINGS.change()
            .messagesMax(0)
            .deadLetter(new DeadLetterPolicy("dead", 5, true, false, true))
            .leasesOutliveExpiry(true)
            .build();
    private static final QueueSettings SETTINGS_3 = QueueSettings.DEFAULT
            .change()
            .retention(Duration.ofDays(7))
            .bytesMax(1_000_000_000)
            .reading(Reading.CURSOR)
            .build();
    private static final Message MESSAGE = new Message(
            List.of(
                    new Message.Header("colour", "String", Bytes.utf8("grün")),
                    new Message.Header("size", "Number.int", Bytes.utf8("7"))),
            Bytes.utf8("hello"));
    private static final Reply.Appended APPENDED = new Reply.Appended(new Position(1, 1000), 1_700_000_000_000L, true);
    private static final Reply.Leased LEASED =
            new Reply.Leased(LEASE, 998, ENVELOPE, 4, 1_700_000_000_000L, 1_700_000_000_001L, 1_700_000_030_000L);
    private static final TreeMap<String, String> LABELS = new TreeMap<>(Map.of("sqs:a", "1", "tag:b", "ü"));

    /** @param written null for a form that is read and not written any more */
    record Golden(String name, Object value, @Nullable Bytes written, Function<Bytes, Object> read) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Golden> forms() {
        Writer envelope = new Writer(0);
        EnvelopeCodec.write(envelope, ENVELOPE);
        Writer shown = new Writer(0);
        EnvelopeCodec.write(shown, SHOWN);
        Writer plain = new Writer(0);
        EnvelopeCodec.write(plain, Envelope.PLAIN);
        Writer settings = new Writer(0);
        SettingsCodec.write(settings, SETTINGS);
        Writer lease = new Writer(0);
        IdCodec.write(lease, LEASE);
        List<Queue> queues = List.of(
                new Queue(9, "a", 0, QueueSettings.DEFAULT, new TreeMap<>(), 1, 1, 1),
                new Queue(2, "b", 1, SETTINGS, LABELS, 1_700_000_000_000L, 1_700_000_000_001L, 3));
        Queue partitioned = new Queue(3, "c", 2, 16, SETTINGS, LABELS, 1_700_000_000_000L, 1_700_000_000_001L, 3);
        CatalogSnapshot partitionedSnapshot = new CatalogSnapshot(
                4, 17, 1_700_000_000_001L, 9, List.of(queues.get(0), queues.get(1), partitioned), List.of(), List.of());
        CatalogCommand createPartitioned = new CatalogCommand.CreateQueue("jobs", SETTINGS, LABELS, 60_000, 16);
        CatalogSnapshot firstSnapshot = new CatalogSnapshot(4, 17, 1_700_000_000_001L, 9, queues, List.of(), List.of());
        CatalogSnapshot snapshot = new CatalogSnapshot(
                4,
                17,
                1_700_000_000_001L,
                9,
                queues,
                List.of(new CatalogSnapshot.NameAtRest("gone", 1_700_000_000_000L)),
                List.of(new Definition("front.thing", "it", LABELS, 1_700_000_000_000L, 1_700_000_000_001L, 5, 16)));
        Batch batch = new Batch(1, Message.FORMAT, Bytes.utf8("payload"), List.of(ENVELOPE, Envelope.PLAIN));
        Batch single = Batch.of(Envelope.PLAIN, Bytes.utf8("one"));
        return Stream.of(
                new Golden("envelope", ENVELOPE, envelope.bytes(), b -> EnvelopeCodec.read(new Reader(b))),
                new Golden("envelope.plain", Envelope.PLAIN, plain.bytes(), b -> EnvelopeCodec.read(new Reader(b))),
                new Golden("envelope.variant", SHOWN, shown.bytes(), b -> EnvelopeCodec.read(new Reader(b))),
                new Golden("settings", SETTINGS, settings.bytes(), b -> SettingsCodec.read(new Reader(b))),
                form("settings.2", SETTINGS_2, SettingsCodec::write, SettingsCodec::read),
                form("settings.3", SETTINGS_3, SettingsCodec::write, SettingsCodec::read),
                new Golden("lease", LEASE, lease.bytes(), b -> IdCodec.readLease(new Reader(b))),
                new Golden("message", MESSAGE, MessageCodec.encode(MESSAGE), MessageCodec::decode),
                command(new Command.Publish(PARTITION, List.of(batch, single))),
                command(
                        "Publish.numbered",
                        new Command.Publish(
                                PARTITION,
                                List.of(
                                        new Batch(
                                                0,
                                                Message.FORMAT,
                                                Bytes.utf8("many"),
                                                Envelope.plain(1_000),
                                                new Numbering(4_000, 7, 2_147_483_000)),
                                        new Batch(0, 2, Bytes.EMPTY, List.of(SHOWN), new Numbering(1, 0, 0)),
                                        single))),
                command(
                        "Publish.plain",
                        new Command.Publish(
                                PARTITION, List.of(new Batch(0, 3, Bytes.utf8("many"), Envelope.plain(1_000))))),
                command(new Command.Acquire(PARTITION, 10, 30_000)),
                command(new Command.Acknowledge(PARTITION, LEASES, true)),
                command(new Command.Extend(PARTITION, LEASES, 60_000, false, 43_200_000)),
                command(new Command.Release(PARTITION, LEASES, 5_000, true)),
                command(new Command.Reject(PARTITION, LEASES)),
                command(new Command.Purge(PARTITION)),
                command("Acquire.named", new Command.Acquire(PARTITION, 10, 30_000, "attempt-1")),
                command("Purge.rested", new Command.Purge(PARTITION, 60_000)),
                command(new Command.Move(PARTITION, LEASES, "jobs")),
                command(new Command.Cancel(
                        PARTITION, LEASES.stream().map(LeaseId::position).toList())),
                command(new Command.Fanout(List.of(
                        new Command.Copies(
                                1,
                                Message.FORMAT,
                                Bytes.utf8("shared"),
                                List.of(
                                        new Command.Target(PARTITION, SHOWN),
                                        new Command.Target(new PartitionId(7, 0), Envelope.PLAIN))),
                        new Command.Copies(0, 2, Bytes.EMPTY, List.of())))),
                command(
                        "Fanout.relayed",
                        new Command.Fanout(List.of(
                                new Command.Copies(
                                        0,
                                        Message.FORMAT,
                                        Bytes.utf8("shared"),
                                        List.of(new Command.Target(PARTITION, SHOWN)),
                                        new Command.Relayed(9, 300, 200)),
                                new Command.Copies(0, 2, Bytes.EMPTY, List.of())))),
                command(new Command.Configure(PARTITION, 8, SETTINGS)),
                command(new Command.Drop(PARTITION)),
                command(new Command.TakeIn(3, 40, List.of(new Command.Arrival(41, PARTITION, single)))),
                command(new Command.SettleDepartures(List.of(41L, 42L), List.of(43L))),
                command(new Command.Tick()),
                command(new Command.Raise(2)),
                command(new Command.Truncate(PARTITION, 1_000)),
                catalogCommand(new CatalogCommand.CreateQueue("jobs", SETTINGS, LABELS)),
                catalogCommand(new CatalogCommand.UpdateQueue("jobs", 2, SETTINGS, LABELS)),
                catalogCommand(new CatalogCommand.DeleteQueue("jobs")),
                catalogCommand("DeleteQueueOfId", new CatalogCommand.DeleteQueue("jobs", 300)),
                new Golden(
                        "catalog.CreateQueueAfterRest",
                        new CatalogCommand.CreateQueue("jobs", SETTINGS, LABELS, 60_000),
                        CatalogCodec.encode(
                                1_700_000_000_000L,
                                List.of(new CatalogCommand.CreateQueue("jobs", SETTINGS, LABELS, 60_000))),
                        bytes -> CatalogCodec.decode(1, bytes).commands().getFirst()),
                new Golden(
                        "catalog.CreatePartitionedQueue",
                        createPartitioned,
                        CatalogCodec.encode(1_700_000_000_000L, List.of(createPartitioned)),
                        bytes -> CatalogCodec.decode(1, bytes).commands().getFirst()),
                new Golden(
                        "catalog.snapshot.3",
                        partitionedSnapshot,
                        CatalogCodec.encode(partitionedSnapshot),
                        CatalogCodec::decodeSnapshot),
                partitionedReply("Created", new CatalogReply.Created(partitioned, true)),
                partitionedReply("Updated", new CatalogReply.Updated(partitioned)),
                partitionedReply("Deleted", new CatalogReply.Deleted(partitioned)),
                catalogCommand(new CatalogCommand.Define("front.thing", "it", 4, LABELS)),
                catalogCommand(new CatalogCommand.Undefine("front.thing", "it")),
                reply(new Reply.Done()),
                reply(new Reply.Refused(Refusal.QUEUE_FULL)),
                reply(new Reply.Published(List.of(APPENDED))),
                reply(new Reply.FannedOut(List.of(
                        List.of(new Reply.Published(List.of(APPENDED)), new Reply.Refused(Refusal.NO_SUCH_QUEUE)),
                        List.of()))),
                reply(new Reply.Acquired(List.of(LEASED), true)),
                reply(new Reply.Settled(List.of(Reply.LeaseOutcome.DONE, Reply.LeaseOutcome.HELD_TOO_LONG))),
                reply(new Reply.TakenIn(List.of(Reply.ArrivalOutcome.TAKEN, Reply.ArrivalOutcome.REFUSED))),
                receipt("receipt.Refused", new Receipt.Refused(Refusal.TOO_MANY_IN_FLIGHT)),
                receipt(
                        "receipt.Received",
                        new Receipt.Received(
                                List.of(
                                        new Delivery(PARTITION, LEASED, 2, Bytes.utf8("payload"), 0),
                                        new Delivery(PARTITION, LEASED, 2, Bytes.utf8("payload"), 1)),
                                false)),
                form(
                        "look.peeked",
                        List.of(new Peeked(
                                LEASE.position(),
                                MessageState.DELAYED,
                                SHOWN,
                                3,
                                1_700_000_000_000L,
                                1,
                                Bytes.utf8("payload"),
                                2)),
                        LookCodec::write,
                        LookCodec::readPeeked),
                form(
                        "look.status",
                        Optional.of(new PartitionStatus(1, 2, 300, 4, 5_000, 1_700_000_000_000L)),
                        LookCodec::write,
                        LookCodec::readStatus),
                form(
                        "fetch.asked",
                        List.of(new Fetch(PARTITION, 1_000, 65_536)),
                        FetchCodec::writeFetches,
                        FetchCodec::readFetches),
                form(
                        "fetch.outcomes",
                        List.<FetchOutcome>of(
                                new FetchOutcome.Fetched(
                                        998,
                                        1_002,
                                        List.of(new FetchedBatch(
                                                1_000,
                                                1_700_000_000_000L,
                                                2,
                                                Bytes.utf8("payload"),
                                                List.of(SHOWN, Envelope.PLAIN)))),
                                new FetchOutcome.OutOfRange(5, 300),
                                new FetchOutcome.Refused(Refusal.READ_OTHERWISE)),
                        FetchCodec::write,
                        FetchCodec::read),
                form(
                        "fetch.outcomes.plain",
                        List.<FetchOutcome>of(new FetchOutcome.Fetched(
                                998,
                                2_000,
                                List.of(new FetchedBatch(
                                        1_000, 1_700_000_000_000L, 3, Bytes.utf8("many"), Envelope.plain(1_000))))),
                        FetchCodec::write,
                        FetchCodec::read),
                form(
                        "fetch.offsets",
                        Optional.of(new TopicOffsets(998, 1_002, 1_000)),
                        FetchCodec::write,
                        FetchCodec::readOffsets),
                catalogReply(new CatalogReply.Created(queues.get(1), true)),
                catalogReply(new CatalogReply.Updated(queues.get(1))),
                catalogReply(new CatalogReply.Deleted(queues.get(0))),
                catalogReply(new CatalogReply.Defined(snapshot.definitions().getFirst(), false)),
                catalogReply(new CatalogReply.Undefined(snapshot.definitions().getFirst())),
                catalogReply(new CatalogReply.Refused(CatalogRefusal.CHANGED)),
                new Golden("catalog.snapshot", firstSnapshot, null, CatalogCodec::decodeSnapshot),
                new Golden(
                        "catalog.snapshot.2", snapshot, CatalogCodec.encode(snapshot), CatalogCodec::decodeSnapshot));
    }

    private static Golden command(Command command) {
        return command(command.getClass().getSimpleName(), command);
    }

    private static Golden command(String name, Command command) {
        return new Golden(
                "entry." + name,
                command,
                EntryCodec.encode(1_700_000_000_000L, List.of(command)),
                bytes -> EntryCodec.decode(1, bytes).commands().getFirst());
    }

    private static Golden reply(Reply reply) {
        return form("reply." + reply.getClass().getSimpleName(), reply, ReplyCodec::write, ReplyCodec::read);
    }

    private static Golden receipt(String name, Receipt receipt) {
        return form(name, receipt, (out, it) -> ReceiptCodec.write(out, PARTITION, it), ReceiptCodec::read);
    }

    private static Golden partitionedReply(String name, CatalogReply reply) {
        Golden form = catalogReply(reply);
        return new Golden("catalogReply." + name + "Partitioned", form.value(), form.written(), form.read());
    }

    private static Golden catalogReply(CatalogReply reply) {
        String name = "catalogReply." + reply.getClass().getSimpleName();
        return form(name, reply, CatalogReplyCodec::write, CatalogReplyCodec::read);
    }

    private static <T> Golden form(String name, T value, BiConsumer<Writer, T> write, Function<Reader, T> read) {
        Writer out = new Writer(0);
        write.accept(out, value);
        return new Golden(name, value, out.bytes(), bytes -> read.apply(new Reader(bytes)));
    }

    private static Golden catalogCommand(CatalogCommand command) {
        return catalogCommand(command.getClass().getSimpleName(), command);
    }

    private static Golden catalogCommand(String name, CatalogCommand command) {
        return new Golden(
                "catalog." + name,
                command,
                CatalogCodec.encode(1_700_000_000_000L, List.of(command)),
                bytes -> CatalogCodec.decode(1, bytes).commands().getFirst());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("forms")
    void bytesStayAsTheyWere(Golden golden) throws IOException {
        String hex = Objects.requireNonNullElse(goldenBytes().getProperty(golden.name()), "");
        if (golden.written() != null) {
            assertThat(HexFormat.of().formatHex(golden.written().toArray())).isEqualTo(hex);
        }
        assertThat(golden.read().apply(Bytes.of(HexFormat.of().parseHex(hex)))).isEqualTo(golden.value());
    }

    @Test
    void constantsKeepTheirPlaces() {
        assertThat(DeadLetterReason.values())
                .startsWith(
                        DeadLetterReason.TOO_MANY_ATTEMPTS,
                        DeadLetterReason.REJECTED,
                        DeadLetterReason.EXPIRED,
                        DeadLetterReason.OVERFLOW);
        assertThat(MessageState.values())
                .startsWith(MessageState.READY, MessageState.DELAYED, MessageState.LEASED, MessageState.DEPARTING);
        assertThat(Ordering.values()).startsWith(Ordering.BEST_EFFORT, Ordering.GROUP);
        assertThat(Overflow.values()).startsWith(Overflow.REFUSE, Overflow.DROP_OLDEST);
        assertThat(DeduplicationScope.values()).startsWith(DeduplicationScope.QUEUE, DeduplicationScope.GROUP);
        assertThat(Refusal.values())
                .startsWith(
                        Refusal.NO_SUCH_QUEUE,
                        Refusal.QUEUE_FULL,
                        Refusal.MESSAGE_TOO_LARGE,
                        Refusal.PUBLISH_PAUSED,
                        Refusal.GROUP_MISSING,
                        Refusal.TOO_MANY_IN_FLIGHT,
                        Refusal.PURGED_RECENTLY,
                        Refusal.DISK_FULL,
                        Refusal.READ_OTHERWISE,
                        Refusal.OFFSET_OUT_OF_RANGE,
                        Refusal.OUT_OF_ORDER_SEQUENCE,
                        Refusal.INVALID_PRODUCER_EPOCH);
        assertThat(Reading.values()).startsWith(Reading.LEASE, Reading.CURSOR);
        assertThat(Reply.LeaseOutcome.values())
                .startsWith(
                        Reply.LeaseOutcome.DONE,
                        Reply.LeaseOutcome.EXPIRED,
                        Reply.LeaseOutcome.SUPERSEDED,
                        Reply.LeaseOutcome.GONE,
                        Reply.LeaseOutcome.HELD_TOO_LONG);
        assertThat(Reply.ArrivalOutcome.values()).startsWith(Reply.ArrivalOutcome.TAKEN, Reply.ArrivalOutcome.REFUSED);
        assertThat(CatalogRefusal.values())
                .startsWith(
                        CatalogRefusal.NO_SUCH_QUEUE,
                        CatalogRefusal.CHANGED,
                        CatalogRefusal.FIXED_AT_CREATION,
                        CatalogRefusal.TOO_MANY_QUEUES,
                        CatalogRefusal.DELETED_RECENTLY,
                        CatalogRefusal.NO_SUCH_DEFINITION,
                        CatalogRefusal.TOO_MANY_DEFINITIONS);
        assertThat(PriorityMode.values()).startsWith(PriorityMode.BOUNDED, PriorityMode.STRICT);
    }

    private static Properties goldenBytes() throws IOException {
        Properties properties = new Properties();
        try (InputStream file =
                Objects.requireNonNull(GoldenBytesTest.class.getResourceAsStream("golden.properties"))) {
            properties.load(file);
        }
        return properties;
    }
}
