package weir.amqp.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import weir.amqp.Delegating;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.stream.StreamFilter;
import weir.amqp.wire.FieldTable;
import weir.core.LeaseId;
import weir.core.Position;
import weir.core.broker.Broker;
import weir.core.broker.Fetch;
import weir.core.broker.FetchOutcome;

/** What one reader of a stream asks its broker for, and makes of the answers. */
@Timeout(60)
class StreamConsumerTest {
    @TempDir
    Path data;

    /** The channel's side: a client that holds what it is sent until the test settles it. */
    private static final class Client implements StreamConsumer.Owner {
        final BlockingQueue<StreamConsumer.Read> sent = new LinkedBlockingQueue<>();
        final Prefetch prefetch = new Prefetch();
        private final AmqpQueue stream;

        Client(AmqpQueue stream) {
            this.stream = stream;
        }

        StreamConsumer reads(Front front, int credit, long from, long end) {
            return new StreamConsumer(
                    new ConsumerTerms("tag", stream, false, false, 0, credit, Duration.ZERO, FieldTable.EMPTY),
                    new StreamFilter(null, true),
                    from,
                    end,
                    front,
                    this,
                    prefetch,
                    Thread.ofVirtual());
        }

        @Override
        public boolean awaitRoom() {
            return true;
        }

        @Override
        public void deliver(StreamConsumer consumer, List<StreamConsumer.Read> messages) {
            for (StreamConsumer.Read each : messages) {
                var place = new LeaseId(new Position(0, each.offset()), 1);
                var _ = prefetch.hold(stream, consumer.partition(), place, consumer, 0);
                sent.add(each);
            }
        }

        @Override
        public void queueGone(StreamConsumer consumer) {
            throw new AssertionError("the stream is there");
        }

        List<Long> offsets(int count) throws InterruptedException {
            List<Long> offsets = new ArrayList<>();
            while (offsets.size() < count) {
                offsets.add(Objects.requireNonNull(sent.poll(30, TimeUnit.SECONDS), "a delivery")
                        .offset());
            }
            return offsets;
        }
    }

    private static Delegating noting(Broker real, List<Fetch> asked, List<FetchOutcome> answered) {
        return new Delegating(real) {
            @Override
            public List<FetchOutcome> fetch(List<Fetch> fetches, int bytesMax, Duration patience)
                    throws InterruptedException {
                asked.addAll(fetches);
                return answered.isEmpty() ? super.fetch(fetches, bytesMax, patience) : List.of(answered.removeFirst());
            }
        };
    }

    private static AmqpQueue stream(RealNode real, Front front, String... bodies) throws Exception {
        AmqpQueue stream = real.declare(front, "s", "x-queue-type", "stream");
        real.publish(stream, bodies);
        return stream;
    }

    /** A leader that was deposed and does not know it yet says that the stream ends before where the reader is. */
    @Test
    void aReaderNeverGoesBack() throws Exception {
        try (RealNode real = new RealNode(data)) {
            List<FetchOutcome> answered = new ArrayList<>(List.of(new FetchOutcome.OutOfRange(0, 1)));
            List<Fetch> asked = new ArrayList<>();
            Front front = real.front(noting(real.node, asked, answered));
            Client client = new Client(stream(real, front, "0", "1", "2", "3"));
            StreamConsumer reader = client.reads(front, 10, 3, 4);
            reader.start();
            assertThat(client.offsets(1)).containsExactly(3L);
            reader.stop();
            assertThat(client.sent).isEmpty();
            assertThat(asked).extracting(Fetch::from).startsWith(3L, 3L);
        }
    }

    @Test
    void aReaderGoesOnWhereRetentionLetsIt() throws Exception {
        try (RealNode real = new RealNode(data)) {
            List<FetchOutcome> answered = new ArrayList<>(List.of(new FetchOutcome.OutOfRange(2, 4)));
            Front front = real.front(noting(real.node, new ArrayList<>(), answered));
            Client client = new Client(stream(real, front, "0", "1", "2", "3"));
            StreamConsumer reader = client.reads(front, 10, 0, 4);
            reader.start();
            assertThat(client.offsets(2)).containsExactly(2L, 3L);
            reader.stop();
        }
    }

    /** Or each of thousands of slow clients would cost the server a fetch's memory. */
    @Test
    void nothingIsFetchedForAClientWithoutCredit() throws Exception {
        try (RealNode real = new RealNode(data)) {
            List<Fetch> asked = new ArrayList<>();
            String large = "x".repeat(SessionLimits.STREAM_FETCHED_BYTES);
            Front front = real.front(noting(real.node, asked, new ArrayList<>()));
            Client client = new Client(stream(real, front, large, large, large));
            StreamConsumer reader = client.reads(front, 1, 0, 3);
            reader.start();
            assertThat(client.offsets(1)).containsExactly(0L);
            client.prefetch.take(1, false);
            assertThat(client.offsets(1)).containsExactly(1L);
            reader.stop();
            assertThat(asked).extracting(Fetch::from).containsExactly(0L, 1L);
        }
    }

    @Test
    void whatIsFetchedOfSmallMessagesIsReadOnceHoweverSmallTheCredit() throws Exception {
        try (RealNode real = new RealNode(data)) {
            List<Fetch> asked = new ArrayList<>();
            Front front = real.front(noting(real.node, asked, new ArrayList<>()));
            Client client = new Client(stream(real, front, "0", "1", "2", "3", "4"));
            StreamConsumer reader = client.reads(front, 1, 1, 5);
            reader.start();
            for (long tag = 1; tag <= 4; tag++) {
                assertThat(client.offsets(1)).containsExactly(tag);
                if (tag < 4) {
                    client.prefetch.take(tag, false);
                }
            }
            reader.stop();
            assertThat(asked).extracting(Fetch::from).containsExactly(1L);
        }
    }

    @Test
    void manyReadersShareWhatTheyReadAhead() {
        ReadAhead ahead = new ReadAhead();
        assertThat(ahead.bytesOfEach()).isEqualTo(SessionLimits.STREAM_FETCHED_BYTES);
        for (int i = 0; i < 1_024; i++) {
            ahead.joined();
        }
        assertThat(ahead.bytesOfEach()).isEqualTo(SessionLimits.STREAM_FETCHED_BYTES_OF_ALL / 1_024);
        for (int i = 0; i < 100_000; i++) {
            ahead.joined();
        }
        assertThat(ahead.bytesOfEach()).isEqualTo(SessionLimits.STREAM_FETCHED_BYTES_MIN);
        for (int i = 0; i < 101_000; i++) {
            ahead.left();
        }
        assertThat(ahead.bytesOfEach()).isEqualTo(SessionLimits.STREAM_FETCHED_BYTES);
    }
}
