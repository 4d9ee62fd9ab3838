package weir.amqp.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import weir.amqp.Delegating;
import weir.amqp.message.StoredMessage;
import weir.amqp.queue.AmqpQueue;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.broker.PublishOutcome;
import weir.core.catalog.Queue;
import weir.core.shard.Command;

@Timeout(60)
class PublisherTest {
    private static final Publisher.Confirming NOBODY = (_, _) -> {};

    @TempDir
    Path data;

    private static Publication publication(AmqpQueue queue) {
        return publication(queue, 1000);
    }

    private static Publication publication(AmqpQueue queue, int bytes) {
        var way = new Publication.Way(queue, 0, Envelope.PLAIN);
        return new Publication(1, List.of(way), StoredMessage.FORMAT, Bytes.of(new byte[bytes]));
    }

    /** Counts that somebody was told to wait. */
    private record Waiting(CountDownLatch told) implements Publisher.Reading {
        @Override
        public void blocked() {
            told.countDown();
        }

        @Override
        public void unblocked() {}

        @Override
        public boolean isOver() {
            return false;
        }

        @Override
        public void added(boolean first) {}

        @Override
        public void answered(boolean last) {}
    }

    /** However small their own shares are. */
    @Test
    void channelsTogetherGatherNoMoreThanTheNodeHasRoomFor() throws Exception {
        try (RealNode real = new RealNode(data)) {
            Front front = real.front(real.node);
            AmqpQueue queue = real.declare(front, "q");
            CountDownLatch mayPublish = new CountDownLatch(1);
            var slow = new Delegating(real.node) {
                @Override
                public List<PublishOutcome> publish(Queue to, List<Batch> batches) throws InterruptedException {
                    mayPublish.await();
                    return super.publish(to, batches);
                }
            };
            PublishRoom room = new PublishRoom(1000);
            Waiting waiting = new Waiting(new CountDownLatch(1));
            Publisher first =
                    new Publisher(new Publishing(slow, front.deadLetters()), NOBODY, waiting, room, Thread.ofVirtual());
            Publisher second =
                    new Publisher(new Publishing(slow, front.deadLetters()), NOBODY, waiting, room, Thread.ofVirtual());
            first.add(publication(queue));
            Thread adding = Thread.ofVirtual().start(() -> {
                try {
                    second.add(publication(queue));
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            waiting.told().await();
            mayPublish.countDown();
            assertThat(adding.join(Duration.ofSeconds(30))).isTrue();
            first.drain();
            second.drain();
            assertThat(real.node.status(queue.queue()).orElseThrow().ready()).isEqualTo(2);
            assertThat(room.isFull()).isFalse();
            first.end();
            second.end();
        }
    }

    /** However little it is itself: a few thousand of them would be more than the heap. */
    @Test
    void whatGoesToManyQueuesTakesRoomForEach() throws Exception {
        try (RealNode real = new RealNode(data)) {
            Front front = real.front(real.node);
            var way = new Publication.Way(real.declare(front, "q"), 0, Envelope.PLAIN);
            Publication wide =
                    new Publication(1, Collections.nCopies(1000, way), StoredMessage.FORMAT, Bytes.of(new byte[1]));
            var never = new Delegating(real.node) {
                @Override
                public List<List<PublishOutcome>> fanOut(List<Command.Copies> copies) throws InterruptedException {
                    new CountDownLatch(1).await();
                    return super.fanOut(copies);
                }
            };
            PublishRoom room = new PublishRoom(50_000);
            Publisher publisher = new Publisher(
                    new Publishing(never, front.deadLetters()),
                    NOBODY,
                    new Waiting(new CountDownLatch(1)),
                    room,
                    Thread.ofVirtual());
            publisher.add(wide);
            assertThat(room.isFull()).isTrue();
            publisher.end();
            assertThat(room.await(30_000)).isTrue();
        }
    }

    @Test
    void whatIsForgottenTakesNoRoom() throws Exception {
        try (RealNode real = new RealNode(data)) {
            Front front = real.front(real.node);
            AmqpQueue queue = real.declare(front, "q");
            CountDownLatch publishing = new CountDownLatch(1);
            var never = new Delegating(real.node) {
                @Override
                public List<PublishOutcome> publish(Queue to, List<Batch> batches) throws InterruptedException {
                    publishing.countDown();
                    new CountDownLatch(1).await();
                    return super.publish(to, batches);
                }
            };
            PublishRoom room = new PublishRoom(2000);
            Publisher publisher = new Publisher(
                    new Publishing(never, front.deadLetters()),
                    NOBODY,
                    new Waiting(new CountDownLatch(1)),
                    room,
                    Thread.ofVirtual());
            publisher.add(publication(queue, 1));
            publishing.await();
            publisher.add(publication(queue, 2000)); // Alone it fills the room.
            assertThat(room.isFull()).isTrue();
            publisher.end();
            assertThat(room.await(30_000)).isTrue();
            room.take(1999);
            assertThat(room.isFull()).isFalse();
        }
    }
}
