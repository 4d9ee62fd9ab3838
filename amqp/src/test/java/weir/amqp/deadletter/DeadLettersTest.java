package weir.amqp.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import weir.amqp.message.DeliveredMessages;
import weir.amqp.message.StoredMessage;
import weir.amqp.nodes.Presence;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.queue.Consumers;
import weir.amqp.queue.Declaration;
import weir.amqp.queue.Owner;
import weir.amqp.queue.QueueName;
import weir.amqp.queue.Queues;
import weir.amqp.queue.Runs;
import weir.amqp.wire.FieldTable;
import weir.amqp.wire.Properties;
import weir.amqp.wire.PropertiesBuilder;
import weir.amqp.wire.Property;
import weir.cluster.ClusterNode;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.LeaseId;
import weir.core.Position;
import weir.core.broker.Delivery;
import weir.core.broker.Peeked;
import weir.core.broker.Receipt;
import weir.core.broker.Receive;
import weir.core.catalog.CatalogCommand;
import weir.core.codec.Formats;
import weir.core.shard.Command;

/** Dead letters of a real node's queues go through their exchange, which here is a table. */
@Timeout(60)
final class DeadLettersTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Owner NOBODY = new Owner("run", "connection");

    @TempDir
    Path data;

    private final Map<String, List<String>> bindings = new ConcurrentHashMap<>();
    private final DeliveredMessages messages = new DeliveredMessages(Formats.of(List.of()));

    @SuppressWarnings("NullAway.Init")
    private ClusterNode node;

    @SuppressWarnings("NullAway.Init")
    private Queues queues;

    @SuppressWarnings("NullAway.Init")
    private DeadLetters deadLetters;

    @BeforeEach
    void open() throws Exception {
        node = ClusterNode.open(data, 2, (group, cause) -> {
            throw new AssertionError("the replica " + group + " stopped", cause);
        });
        queues = new Queues(
                node,
                new Consumers(
                        node,
                        new Runs(node, 1, (_, _, _) -> Presence.UNKNOWN, System::currentTimeMillis),
                        InstantSource.system(),
                        (_, _) -> 0));
        deadLetters = new DeadLetters(node, queues, this::route, messages, InstantSource.system());
        deadLetters.start();
    }

    @AfterEach
    void close() {
        deadLetters.close();
        node.close();
    }

    private Exchanges.Routes route(String vhost, StoredMessage message) {
        if (message.body().utf8().equals("bug")) {
            throw new IllegalStateException("as the test wants it");
        }
        String key = message.exchange().utf8() + " " + message.routingKey().utf8();
        List<AmqpQueue> targets = bindings.getOrDefault(key, List.of()).stream()
                .flatMap(name -> queues.find(new QueueName(vhost, name)).stream())
                .toList();
        return new Exchanges.Routes(targets, List.of(), 0);
    }

    private AmqpQueue declare(String name, Object... arguments) throws Exception {
        TreeMap<String, Object> table = new TreeMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            table.put((String) arguments[i], arguments[i + 1]);
        }
        var declaration = new Declaration("/", name, true, false, false, FieldTable.of(table));
        return queues.declare(declaration, FieldTable.EMPTY, NOBODY).queue();
    }

    private void publish(AmqpQueue queue, String body, Properties properties, long expiresAt) throws Exception {
        StoredMessage message = new StoredMessage("ex", "key", properties, Bytes.utf8(body));
        Envelope envelope = queue.envelope(properties.headers(), "key", Envelope.QUEUE_DELAY, expiresAt);
        Batch batch = new Batch(queue.level(properties), StoredMessage.FORMAT, message.encode(), List.of(envelope));
        node.publish(queue.queue(), List.of(batch));
    }

    private void publish(AmqpQueue queue, String... bodies) throws Exception {
        for (String body : bodies) {
            publish(queue, body, Properties.EMPTY, Envelope.NEVER);
        }
    }

    private List<Delivery> receive(AmqpQueue queue, int count) throws Exception {
        List<Delivery> all = new ArrayList<>();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (all.size() < count && System.nanoTime() - end < 0) {
            Receipt receipt =
                    node.receive(new Receive(queue.queue().id(), count - all.size(), 30_000), Duration.ofSeconds(1));
            if (receipt
                    instanceof
                    Receipt.Received got) { // Else the queue is in the catalog, and a moment later in its shard.
                all.addAll(got.deliveries());
            }
        }
        return all;
    }

    private List<StoredMessage> received(AmqpQueue queue, int count) throws Exception {
        return receive(queue, count).stream()
                .map(delivery -> messages.of(delivery, queue.name().name()))
                .toList();
    }

    private static List<LeaseId> leases(List<Delivery> deliveries) {
        return deliveries.stream().map(each -> each.leased().lease()).toList();
    }

    private static String death(StoredMessage message) throws Exception {
        FieldTable headers = message.readProperties().headers();
        FieldTable death = (FieldTable) ((List<?>) Objects.requireNonNull(headers.get("x-death"))).getFirst();
        return death.get("queue") + " " + death.get("reason") + " " + death.get("count") + " " + death.get("exchange")
                + " " + death.get("routing-keys");
    }

    private static List<String> bodies(List<StoredMessage> messages) {
        return messages.stream().map(each -> each.body().utf8()).toList();
    }

    @Test
    void whatIsRejectedGoesThroughTheExchangeInItsOrder() throws Exception {
        AmqpQueue work = declare("work", "x-dead-letter-exchange", "dlx");
        AmqpQueue one = declare("one");
        AmqpQueue two = declare("two", "x-max-priority", 5);
        bindings.put("dlx key", List.of("one", "two"));
        publish(work, "a", "b", "c");
        List<LeaseId> leases = leases(receive(work, 3));
        node.submit(new Command.Reject(work.queue().partition(0), leases));
        List<StoredMessage> there = received(one, 3);
        assertThat(bodies(there)).containsExactly("a", "b", "c");
        assertThat(there.getFirst().exchange().utf8()).isEqualTo("dlx");
        assertThat(there.getFirst().routingKey().utf8()).isEqualTo("key");
        assertThat(death(there.getFirst())).isEqualTo("work rejected 1 ex [key]");
        assertThat(bodies(received(two, 3))).containsExactly("a", "b", "c");
    }

    @Test
    void whatExpiresLosesItsExpirationAndTakesTheQueuesKey() throws Exception {
        AmqpQueue work = declare(
                "short", "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "late", "x-message-ttl", 60_000);
        AmqpQueue late = declare("late");
        bindings.put(" late", List.of("late"));
        Properties properties = new PropertiesBuilder()
                .text(Property.EXPIRATION, "50")
                .text(Property.MESSAGE_ID, "m1")
                .headers(FieldTable.of(Map.of("CC", List.of("other"))))
                .build();
        publish(work, "a", properties, System.currentTimeMillis() + 50);
        StoredMessage there = received(late, 1).getFirst();
        assertThat(death(there)).isEqualTo("short expired 1 ex [key, other]");
        Properties after = there.readProperties();
        assertThat(after.expiration()).isNull();
        assertThat(after.messageId()).isEqualTo("m1");
        assertThat(after.headers().has("CC")).isFalse();
        assertThat(after.headers().get("x-first-death-reason")).isEqualTo("expired");
    }

    @Test
    void whatMakesRoomIsTheOldest() throws Exception {
        AmqpQueue work = declare("small", "x-dead-letter-exchange", "dlx", "x-max-length", 1);
        AmqpQueue dropped = declare("dropped");
        bindings.put("dlx key", List.of("dropped"));
        publish(work, "a", "b", "c");
        List<StoredMessage> there = received(dropped, 2);
        assertThat(bodies(there)).containsExactly("a", "b");
        assertThat(death(there.getFirst())).isEqualTo("small maxlen 1 ex [key]");
        assertThat(bodies(received(work, 1))).containsExactly("c");
    }

    @Test
    void whatIsRefusedMayBeADeadLetterAllTheSame() throws Exception {
        AmqpQueue work =
                declare("full", "x-dead-letter-exchange", "dlx", "x-max-length", 0, "x-overflow", "reject-publish-dlx");
        AmqpQueue refused = declare("refused");
        bindings.put("dlx key", List.of("refused"));
        assertThat(work.refusedBecomeDeadLetters()).isTrue();
        StoredMessage message = new StoredMessage("ex", "key", Properties.EMPTY, Bytes.utf8("a"));
        deadLetters.refused(work, new Batch(0, StoredMessage.FORMAT, message.encode(), List.of(Envelope.PLAIN)));
        assertThat(death(received(refused, 1).getFirst())).isEqualTo("full maxlen 1 ex [key]");
    }

    @Test
    void whatIsTriedTooOftenIsParkedIfThereIsNoExchange() throws Exception {
        AmqpQueue work = declare("tried", "x-queue-type", "quorum", "x-delivery-limit", 1);
        publish(work, "a");
        for (int i = 0; i < 2; i++) {
            List<LeaseId> leases = leases(receive(work, 1));
            node.submit(new Command.Release(work.queue().partition(0), leases, 0, true));
        }
        assertThat(((Receipt.Received) node.receive(new Receive(work.queue().id(), 1, 1000), Duration.ZERO))
                        .deliveries())
                .isEmpty();
        QueueName parking = new QueueName("/", "tried.dead-letters");
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (queues.find(parking).isEmpty() && System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
        StoredMessage there = received(queues.find(parking).orElseThrow(), 1).getFirst();
        assertThat(death(there)).isEqualTo("tried delivery_limit 1 ex [key]");
    }

    @Test
    void whatWouldGoRoundForEverIsDroppedAndARejectionIsCounted() throws Exception {
        AmqpQueue work = declare("round", "x-dead-letter-exchange", "dlx", "x-message-ttl", 30);
        bindings.put("dlx key", List.of("round"));
        publish(work, "a");
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (node.status(work.queue()).orElseThrow().ready() > 0 && System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
        AmqpQueue again = declare("again", "x-dead-letter-exchange", "dlx2");
        bindings.put("dlx2 key", List.of("again"));
        publish(again, "b");
        node.submit(new Command.Reject(again.queue().partition(0), leases(receive(again, 1))));
        node.submit(new Command.Reject(again.queue().partition(0), leases(receive(again, 1))));
        StoredMessage there = received(again, 1).getFirst();
        assertThat(death(there)).isEqualTo("again rejected 2 ex [key]");
        assertThat(receive(work, 0)).isEmpty();
        assertThat(node.status(work.queue()).orElseThrow().ready()).isZero();
    }

    @Test
    void whoeverForwardsMayBeStoppedAnywhereAndEachArrivesOnce() throws Exception {
        AmqpQueue work = declare("many", "x-dead-letter-exchange", "dlx");
        AmqpQueue one = declare("first");
        AmqpQueue two = declare("second");
        bindings.put("dlx key", List.of("first", "second"));
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            sent.add("m" + i);
        }
        publish(work, sent.toArray(String[]::new));
        node.submit(new Command.Reject(work.queue().partition(0), leases(receive(work, sent.size()))));
        List<StoredMessage> there = new ArrayList<>();
        while (there.size() < sent.size()) {
            there.addAll(received(one, Math.min(40, sent.size() - there.size())));
            deadLetters.close();
            deadLetters = new DeadLetters(node, queues, this::route, messages, InstantSource.system());
            deadLetters.start();
        }
        assertThat(bodies(there)).containsExactlyElementsOf(sent);
        assertThat(bodies(received(two, sent.size()))).containsExactlyElementsOf(sent);
        assertThat(node.status(one.queue()).orElseThrow().ready()).isZero();
        assertThat(node.status(two.queue()).orElseThrow().ready()).isZero();
    }

    /** The queue that dead letters are parked in, once it is there. */
    private AmqpQueue parking(String name) {
        QueueName parking = new QueueName("/", name);
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (queues.find(parking).isEmpty() && System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
        return queues.find(parking).orElseThrow();
    }

    private void reject(AmqpQueue queue, int count) throws Exception {
        node.submit(new Command.Reject(queue.queue().partition(0), leases(receive(queue, count))));
    }

    @Test
    void whatCannotBeReadIsParkedAndHoldsUpNobody() throws Exception {
        AmqpQueue work = declare("garbled", "x-dead-letter-exchange", "dlx");
        AmqpQueue dead = declare("dead");
        bindings.put("dlx key", List.of("dead"));
        Bytes garbage = Bytes.of(new byte[] {-1, -1, -1, -1});
        node.publish(work.queue(), List.of(new Batch(0, StoredMessage.FORMAT, garbage, List.of(Envelope.PLAIN))));
        publish(work, "good");
        reject(work, 2);
        assertThat(bodies(received(dead, 1))).containsExactly("good");
        assertThat(receive(parking("garbled.dead-letters"), 1).getFirst().payload())
                .isEqualTo(garbage);
    }

    @Test
    void whatNoQueueCanHaveIsParkedAsItWas() throws Exception {
        AmqpQueue work = declare("large", "x-dead-letter-exchange", "dlx");
        AmqpQueue narrow = declare("narrow");
        AmqpQueue wide = declare("wide");
        node.change(new CatalogCommand.UpdateQueue(
                narrow.queue().name(),
                narrow.queue().revision(),
                narrow.queue().settings().change().messageBytesMax(1_000).build(),
                narrow.queue().labels()));
        bindings.put("dlx key", List.of("narrow", "wide"));
        String body = "x".repeat(1_000);
        publish(work, body, "small");
        reject(work, 2);
        assertThat(bodies(received(wide, 2))).containsExactly(body, "small");
        assertThat(bodies(received(narrow, 1))).containsExactly("small");
        StoredMessage parked = received(parking("large.dead-letters"), 1).getFirst();
        assertThat(parked.body().utf8()).isEqualTo(body);
        assertThat(parked.readProperties().headers().has("x-death")).isFalse();
    }

    @Test
    void whatMeetsABugStaysAndHoldsUpNobody() throws Exception {
        AmqpQueue work = declare("buggy", "x-dead-letter-exchange", "dlx");
        AmqpQueue dead = declare("sound");
        bindings.put("dlx key", List.of("sound"));
        publish(work, "bug", "good");
        reject(work, 2);
        assertThat(bodies(received(dead, 1))).containsExactly("good");
        var waiting = node.find(work.deadLettersWaitIn()).orElseThrow();
        List<Peeked> there = node.peek(waiting.partition(0), new Position(0, 0), 10);
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (there.size() > 1 && System.nanoTime() - end < 0) { // The other is acknowledged once it has arrived.
            there = node.peek(waiting.partition(0), new Position(0, 0), 10);
        }
        assertThat(there).hasSize(1);
    }

    @Test
    void whatBelongsToALongNameIsParkedUnderANumber() throws Exception {
        AmqpQueue work = declare("n".repeat(250), "x-delivery-limit", 1);
        publish(work, "a");
        for (int i = 0; i < 2; i++) {
            node.submit(new Command.Release(work.queue().partition(0), leases(receive(work, 1)), 0, true));
        }
        node.receive(new Receive(work.queue().id(), 1, 1000), Duration.ZERO);
        AmqpQueue parking = parking("queue-" + work.queue().id() + ".dead-letters");
        assertThat(bodies(received(parking, 1))).containsExactly("a");
    }
}
