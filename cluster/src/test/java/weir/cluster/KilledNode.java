package weir.cluster;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.DeadLetterPolicy;
import weir.core.Envelope;
import weir.core.LeaseId;
import weir.core.Ordering;
import weir.core.PartitionId;
import weir.core.Position;
import weir.core.QueueSettings;
import weir.core.broker.Delivery;
import weir.core.broker.Peeked;
import weir.core.broker.Receipt;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogReply;
import weir.core.shard.Command;
import weir.core.shard.Reply;

/**
 * The process that {@link NodeKillTest} kills: a node, producers and consumers. It tells in lines what it finds when it
 * starts, then what is about to be done and what was acknowledged; {@link KillLedger} reads them.
 */
final class KilledNode {
    static final String ORDERED = "ordered";
    static final String PLAIN = "plain";
    static final String FLAKY = "flaky";
    static final String DEAD = "dead";

    private static final int SHARDS = 2;
    /** A checkpoint about every hundred milliseconds. */
    private static final long CHECKPOINT_BYTES = 96 * 1024;
    /** Unsettled messages of one producer, and so what is found at most after a kill. */
    private static final int UNSETTLED_MAX = 150;

    private static final int PRODUCERS = 3;
    /** One in so many is rejected, where messages are rejected at all. */
    private static final int REJECTED = 4;

    private static final Duration LONG = Duration.ofSeconds(20);

    private final ClusterNode node;
    private final PrintStream out = System.out;
    private final Map<String, PartitionId> partitions = new TreeMap<>();
    private final Map<String, Semaphore> rooms = new TreeMap<>();
    private final AtomicLong receipts = new AtomicLong();

    static List<String> command(Path directory, int life) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                KilledNode.class.getName(),
                directory.toString(),
                Integer.toString(life));
    }

    public static void main(String[] args) throws Exception {
        ClusterNode node = ClusterNode.alone(
                new NodeSettings(Path.of(args[0]), SHARDS, CHECKPOINT_BYTES, 1, java.util.Optional.empty()),
                java.time.InstantSource.system(),
                (group, cause) -> {
                    cause.printStackTrace();
                    System.out.println("X " + group + " failed: " + cause);
                });
        new KilledNode(node).run(Integer.parseInt(args[1]));
    }

    private KilledNode(ClusterNode node) {
        this.node = node;
    }

    private void run(int life) throws Exception {
        QueueSettings settings =
                QueueSettings.DEFAULT.change().lease(Duration.ofMillis(300)).build();
        create(DEAD, settings);
        create(PLAIN, settings);
        create(ORDERED, settings.change().ordering(Ordering.GROUP).build());
        create(
                FLAKY,
                settings.change()
                        .deadLetter(new DeadLetterPolicy(DEAD, 1000, true))
                        .build());
        for (String queue : List.of(ORDERED, PLAIN, FLAKY)) {
            for (int i = 0; i < PRODUCERS; i++) {
                rooms.put(queue + "/" + i, new Semaphore(UNSETTLED_MAX));
            }
        }
        // Meanwhile the courier brings some to the last one.
        for (String queue : List.of(FLAKY, ORDERED, PLAIN, DEAD)) {
            tellWhatIsFound(queue);
        }
        out.println("READY");
        for (String producer : rooms.keySet()) {
            start(() -> produce(producer, life));
        }
        for (String queue : partitions.keySet()) {
            start(() -> consume(queue));
            start(() -> consume(queue));
        }
        new CountDownLatch(1).await();
    }

    private void create(String name, QueueSettings settings) throws Exception {
        CatalogReply reply = node.change(new CatalogCommand.CreateQueue(name, settings, new TreeMap<>()));
        partitions.put(name, ((CatalogReply.Created) reply).queue().partition(0));
    }

    private interface Work {
        void run() throws Exception;
    }

    private void start(Work work) {
        Thread.ofVirtual().start(() -> {
            try {
                work.run();
            } catch (Exception e) {
                e.printStackTrace();
                out.println("X " + e);
            }
        });
    }

    private PartitionId partition(String queue) {
        return Objects.requireNonNull(partitions.get(queue));
    }

    private Semaphore roomOf(String id) {
        return Objects.requireNonNull(rooms.get(KillLedger.producerOf(id)));
    }

    // ---- What is there

    private void tellWhatIsFound(String queue) throws Exception {
        Position from = new Position(0, 0);
        while (true) {
            List<Peeked> page = node.peek(partition(queue), from, 100);
            if (page.isEmpty()) {
                return;
            }
            for (Peeked message : page) {
                String id = idOf(message.payload());
                var _ = roomOf(id).tryAcquire();
                out.println("F " + queue + " " + message.state() + " " + id);
            }
            Position last = page.getLast().position();
            from = new Position(last.level(), last.offset() + 1);
        }
    }

    /** Its id, if the rest of the payload is what belongs to it. */
    private String idOf(Bytes payload) {
        String id = payload.utf8().substring(0, payload.utf8().indexOf(' '));
        if (!payload.equals(payload(id))) {
            out.println("X the payload of " + id + " is not what was sent");
        }
        return id;
    }

    /** The id, and what follows from it: mostly little, at times more than one block of a file. */
    private static Bytes payload(String id) {
        SplittableRandom random = new SplittableRandom(id.hashCode());
        int size = random.nextInt(20) == 0 ? random.nextInt(100_000) : random.nextInt(400);
        StringBuilder body = new StringBuilder(id).append(' ');
        while (body.length() < size) {
            body.append(Long.toHexString(random.nextLong()));
        }
        return Bytes.utf8(body.toString());
    }

    // ---- Clients

    /** Publishes with rising numbers, one after the other, so that the order within its group is known. */
    private void produce(String producer, int life) throws Exception {
        String queue = producer.substring(0, producer.indexOf('/'));
        Semaphore room = Objects.requireNonNull(rooms.get(producer));
        for (int number = 0; ; number++) {
            room.acquire();
            String id = producer + "/" + life + "/" + number;
            Envelope envelope = new Envelope(producer, null, 0, Envelope.NEVER, null);
            out.println("S " + id);
            Reply reply = node.submit(new Command.Publish(partition(queue), List.of(Batch.of(envelope, payload(id)))));
            out.println((reply instanceof Reply.Published ? "P " : "X " + reply + " ") + id);
        }
    }

    private void consume(String queue) throws Exception {
        while (true) {
            Command.Acquire acquire = new Command.Acquire(partition(queue), 5, Command.Acquire.QUEUE_DEFAULT);
            Receipt receipt = node.receive(acquire, LONG);
            long number = receipts.incrementAndGet();
            List<LeaseId> accepted = new ArrayList<>();
            List<String> acceptedIds = new ArrayList<>();
            List<LeaseId> rejected = new ArrayList<>();
            List<String> rejectedIds = new ArrayList<>();
            for (Delivery delivery : ((Receipt.Received) receipt).deliveries()) {
                String id = idOf(delivery.payload());
                boolean accepts = !queue.equals(FLAKY) || id.hashCode() % REJECTED != 0;
                (accepts ? accepted : rejected).add(delivery.leased().lease());
                (accepts ? acceptedIds : rejectedIds).add(id);
                out.println("D " + queue + " " + number + " " + id);
            }
            settle(new Command.Acknowledge(partition(queue), accepted, false), acceptedIds, "A");
            settle(new Command.Reject(partition(queue), rejected), rejectedIds, "J");
        }
    }

    private void settle(Command.OfPartition command, List<String> ids, String word) throws Exception {
        if (ids.isEmpty()) {
            return;
        }
        ids.forEach(id -> out.println("T" + word + " " + id));
        List<Reply.LeaseOutcome> outcomes = ((Reply.Settled) node.submit(command)).outcomes();
        for (int i = 0; i < ids.size(); i++) {
            String id = ids.get(i);
            boolean done = outcomes.get(i) == Reply.LeaseOutcome.DONE;
            out.println((done ? word : "N" + word) + " " + id); // Else its lease ran out, and it comes again.
            if (done && word.equals("A")) {
                roomOf(id).release();
            }
        }
    }
}
