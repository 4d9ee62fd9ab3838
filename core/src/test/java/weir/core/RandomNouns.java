package weir.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
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

/** Random but valid values of the nouns and commands, the same for the same seed. Edges come up often. */
public final class RandomNouns {
    private static final String[] TEXTS = {"a", "orders", "Grüße", "注文", "🦆 pond", "\uFFFD", "x".repeat(200)};

    private final SplittableRandom random;

    public RandomNouns(long seed) {
        random = new SplittableRandom(seed);
    }

    /** The seeds that a random test runs with: those from 1, or the one given by {@code -Dseed=}. */
    public static LongStream seeds(int count) {
        Long one = Long.getLong("seed");
        return one == null ? LongStream.rangeClosed(1, count) : LongStream.of(one);
    }

    public int number(int most) {
        return random.nextInt(most + 1);
    }

    public Message message() {
        return new Message(list(0, 5, () -> new Message.Header(text(), text(), bytes())), bytes());
    }

    public Envelope envelope() {
        return flag()
                ? Envelope.PLAIN
                : new Envelope(
                        flag() ? text() : null,
                        flag() ? text() : null,
                        flag() ? 0 : natural(),
                        flag() ? Envelope.NEVER : natural(),
                        flag() ? origin() : null,
                        flag() ? 0 : naturalInt());
    }

    public Origin origin() {
        return new Origin(
                partition(), position(), partition(), one(DeadLetterReason.values()), naturalInt(), random.nextLong());
    }

    public QueueSettings settings() {
        if (number(4) == 0) {
            return QueueSettings.DEFAULT
                    .change()
                    .retention(duration(1, Limits.RETENTION_MAX))
                    .bytesMax(flag() ? QueueSettings.UNLIMITED : positive() - 1)
                    .reading(Reading.CURSOR)
                    .build();
        }
        Ordering ordering = one(Ordering.values());
        return new QueueSettings(
                ordering,
                duration(0, Limits.LEASE_MAX),
                duration(0, Limits.DELAY_MAX),
                duration(1, Limits.RETENTION_MAX),
                1 + number(Limits.MESSAGE_BYTES_MAX - 1),
                flag() ? QueueSettings.UNLIMITED : positive() - 1,
                flag() ? QueueSettings.UNLIMITED : positive() - 1,
                one(Overflow.values()),
                1 + number(Limits.IN_FLIGHT_MAX - 1),
                one(DeduplicationScope.values()),
                duration(0, Limits.DEDUPLICATION_WINDOW_MAX),
                ordering == Ordering.GROUP ? 1 : 1 + number(Limits.PRIORITY_LEVELS_MAX - 1),
                one(PriorityMode.values()),
                deadLetter(),
                flag(),
                flag(),
                flag(),
                Reading.LEASE);
    }

    private @Nullable DeadLetterPolicy deadLetter() {
        return flag() ? new DeadLetterPolicy(text(), 1 + number(Integer.MAX_VALUE - 2), flag(), flag(), flag()) : null;
    }

    public PartitionId partition() {
        return new PartitionId(positive(), naturalInt());
    }

    public Position position() {
        return new Position(level(), natural());
    }

    public LeaseId lease() {
        return new LeaseId(position(), 1 + number(1000));
    }

    public Batch batch() {
        return new Batch(
                level(),
                number(255),
                bytes(),
                flag() ? Envelope.plain(1 + number(99_999)) : list(1, 5, this::envelope),
                flag() ? numbering() : null);
    }

    private Numbering numbering() {
        return new Numbering(natural(), number(Short.MAX_VALUE), naturalInt());
    }

    /** One command of each kind, in a fixed order. */
    public List<Command> commandOfEachKind() {
        return List.of(
                new Command.Publish(partition(), list(1, 4, this::batch)),
                new Command.Acquire(
                        partition(),
                        1 + number(Limits.ACQUIRE_MESSAGES_MAX - 1),
                        flag() ? Command.Acquire.QUEUE_DEFAULT : number(1_000_000),
                        flag() ? null : text()),
                new Command.Fanout(list(0, 4, this::copies)),
                new Command.Move(partition(), leases(), text()),
                new Command.Cancel(
                        partition(), leases().stream().map(LeaseId::position).toList()),
                new Command.Acknowledge(partition(), leases(), flag()),
                new Command.Extend(partition(), leases(), number(1_000_000), flag(), random.nextLong()),
                new Command.Release(partition(), leases(), number(1_000_000), flag()),
                new Command.Reject(partition(), leases()),
                new Command.Purge(partition(), flag() ? 0 : natural()),
                new Command.Truncate(partition(), natural()),
                new Command.Configure(partition(), random.nextLong(), settings()),
                new Command.Drop(partition()),
                new Command.TakeIn(naturalInt(), random.nextLong(), list(0, 4, this::arrival)),
                new Command.SettleDepartures(list(0, 4, random::nextLong), list(0, 4, random::nextLong)),
                new Command.Tick(),
                new Command.Raise(1 + number(Edition.MAX - 1)));
    }

    /** One reply of each kind, in a fixed order. */
    public List<Reply> replyOfEachKind() {
        return List.of(
                new Reply.Done(),
                refused(),
                published(),
                new Reply.FannedOut(list(0, 3, () -> list(0, 3, () -> flag() ? refused() : published()))),
                new Reply.Acquired(list(0, 3, this::leased), flag()),
                new Reply.Settled(list(0, 4, () -> one(Reply.LeaseOutcome.values()))),
                new Reply.TakenIn(list(0, 4, () -> one(Reply.ArrivalOutcome.values()))));
    }

    private Reply refused() {
        return new Reply.Refused(one(Refusal.values()));
    }

    private Reply published() {
        return new Reply.Published(list(0, 3, () -> new Reply.Appended(position(), natural(), flag())));
    }

    private Reply.Leased leased() {
        return new Reply.Leased(lease(), natural(), envelope(), naturalInt(), natural(), natural(), natural());
    }

    /** Some of whose deliveries share a payload. */
    public Receipt receipt(PartitionId partition) {
        if (number(5) == 0) {
            return new Receipt.Refused(one(Refusal.values()));
        }
        List<Delivery> deliveries = new ArrayList<>();
        for (int i = number(5); i > 0; i--) {
            Delivery last = deliveries.isEmpty() ? null : deliveries.getLast();
            deliveries.add(
                    last != null && flag()
                            ? new Delivery(partition, last.leased(), last.format(), last.payload(), naturalInt())
                            : new Delivery(partition, leased(), number(255), bytes(), naturalInt()));
        }
        return new Receipt.Received(deliveries, flag());
    }

    public List<Peeked> peeked() {
        return list(
                0,
                4,
                () -> new Peeked(
                        position(),
                        one(MessageState.values()),
                        envelope(),
                        naturalInt(),
                        natural(),
                        number(255),
                        bytes(),
                        naturalInt()));
    }

    public List<Fetch> fetches() {
        return list(0, 4, () -> new Fetch(partition(), natural(), 1 + number(1_000_000)));
    }

    /** Of all that an unknown outcome says, only the text travels; so there is none here. */
    public List<FetchOutcome> fetched() {
        return list(0, 4, () -> switch (number(2)) {
            case 0 -> new FetchOutcome.OutOfRange(natural(), natural());
            case 1 -> new FetchOutcome.Refused(one(Refusal.values()));
            default -> new FetchOutcome.Fetched(natural(), natural(), list(0, 4, this::fetchedBatch));
        });
    }

    private FetchedBatch fetchedBatch() {
        return new FetchedBatch(natural(), natural(), number(255), bytes(), list(1, 4, this::envelope));
    }

    public Optional<TopicOffsets> offsets() {
        long start = number(1_000_000);
        long more = number(1_000_000);
        return flag() ? Optional.empty() : Optional.of(new TopicOffsets(start, start + 2 * more, start + more));
    }

    public Optional<PartitionStatus> status() {
        return flag()
                ? Optional.empty()
                : Optional.of(new PartitionStatus(natural(), natural(), natural(), natural(), natural(), natural()));
    }

    private Command.Copies copies() {
        return new Command.Copies(level(), number(255), bytes(), list(0, 4, this::target), flag() ? null : relayed());
    }

    private Command.Relayed relayed() {
        long settled = number(1000);
        return new Command.Relayed(natural(), settled + number(1000), settled);
    }

    private Command.Target target() {
        return new Command.Target(partition(), envelope());
    }

    private Command.Arrival arrival() {
        return new Command.Arrival(
                random.nextLong(), partition(), new Batch(level(), number(255), bytes(), List.of(envelope())));
    }

    private List<LeaseId> leases() {
        return list(0, 4, this::lease);
    }

    /** One command of each kind, in a fixed order. */
    public List<CatalogCommand> catalogCommandOfEachKind() {
        return List.of(
                new CatalogCommand.CreateQueue(text(), settings(), labels()),
                new CatalogCommand.UpdateQueue(text(), random.nextLong(), settings(), labels()),
                new CatalogCommand.DeleteQueue(text()),
                new CatalogCommand.DeleteQueue(text(), positive()),
                new CatalogCommand.CreateQueue(text(), settings(), labels(), 1 + number(60_000)),
                new CatalogCommand.CreateQueue(text(), settings(), labels(), number(60_000), 2 + number(62)),
                new CatalogCommand.Define("kind", text(), natural(), labels()),
                new CatalogCommand.Undefine("kind", text()));
    }

    /** One answer of each kind, in a fixed order. */
    public List<CatalogReply> catalogReplyOfEachKind() {
        return List.of(
                new CatalogReply.Created(queue(), flag()),
                new CatalogReply.Updated(queue()),
                new CatalogReply.Deleted(queue()),
                new CatalogReply.Defined(definition(), flag()),
                new CatalogReply.Undefined(definition()),
                new CatalogReply.Refused(one(CatalogRefusal.values())));
    }

    private Queue queue() {
        QueueSettings settings = settings();
        return new Queue(
                positive(),
                text(),
                number(Limits.SHARDS_MAX - 1),
                partitions(settings),
                settings,
                labels(),
                natural(),
                natural(),
                positive());
    }

    private int partitions(QueueSettings settings) {
        return Queue.mayBePartitioned(settings) ? 1 + number(Limits.PARTITIONS_MAX - 1) : 1;
    }

    private Definition definition() {
        long created = 1L + number(1_000_000);
        return new Definition("kind", text(), labels(), natural(), natural(), created, created + number(9));
    }

    public SortedMap<String, String> labels() {
        SortedMap<String, String> labels = new TreeMap<>();
        list(0, 4, () -> labels.put(text() + number(9), text()));
        return labels;
    }

    public CatalogSnapshot catalogSnapshot() {
        int shards = 1 + number(8);
        List<Queue> queues = new ArrayList<>();
        for (int i = 0; i < number(5); i++) {
            long id = 10L + i;
            int shard = (int) ((id - 1) % shards);
            QueueSettings settings = settings();
            queues.add(new Queue(
                    id,
                    "q" + i + text(),
                    shard,
                    flag() ? partitions(settings) : 1,
                    settings,
                    labels(),
                    random.nextLong(),
                    random.nextLong(),
                    positive()));
        }
        List<CatalogSnapshot.NameAtRest> atRest = list(0, 4, () -> new CatalogSnapshot.NameAtRest(text(), natural()));
        List<Definition> definitions = new ArrayList<>();
        for (int i = 0; i < number(5); i++) {
            long created = positive();
            definitions.add(new Definition(
                    "kind" + i / 2, "d" + i + text(), labels(), natural(), natural(), created, created + number(9)));
        }
        return new CatalogSnapshot(shards, natural(), natural(), 20, queues, atRest, definitions);
    }

    public Bytes bytes() {
        byte[] array = new byte[number(40)];
        random.nextBytes(array);
        int skipped = number(array.length);
        return new Bytes(array, skipped, array.length - skipped);
    }

    public String text() {
        return one(TEXTS);
    }

    private int level() {
        return number(Limits.PRIORITY_LEVELS_MAX - 1);
    }

    private long natural() {
        return random.nextLong() >>> (1 + number(62));
    }

    private long positive() {
        return Math.max(1, natural());
    }

    private int naturalInt() {
        return (int) (natural() & Integer.MAX_VALUE);
    }

    private Duration duration(long leastMillis, Duration most) {
        return flag() ? most : Duration.ofMillis(random.nextLong(leastMillis, most.toMillis()));
    }

    private boolean flag() {
        return random.nextBoolean();
    }

    private <T> T one(T[] values) {
        return values[random.nextInt(values.length)];
    }

    private <T> List<T> list(int least, int most, Supplier<T> element) {
        int count = least + number(most - least);
        List<T> list = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            list.add(element.get());
        }
        return list;
    }
}
