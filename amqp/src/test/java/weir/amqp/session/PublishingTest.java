package weir.amqp.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import weir.amqp.Delegating;
import weir.amqp.message.StoredMessage;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.wire.AmqpException;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.broker.PublishOutcome;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.Queue;
import weir.core.shard.Command;
import weir.core.shard.Refusal;

@Timeout(60)
class PublishingTest {
    private static final int SMALL = 10;

    @TempDir
    Path data;

    private static Publication publication(AmqpQueue queue, int bytes) {
        var way = new Publication.Way(queue, 0, Envelope.PLAIN);
        return new Publication(1, List.of(way), StoredMessage.FORMAT, Bytes.of(new byte[bytes]));
    }

    private static AmqpQueue limited(RealNode real, Front front) throws Exception {
        Queue made = real.declare(front, "limited").queue();
        real.node.change(new CatalogCommand.UpdateQueue(
                made.name(),
                made.revision(),
                made.settings().change().messageBytesMax(SMALL).build(),
                made.labels()));
        return front.queues().find(made.id()).orElseThrow();
    }

    @Test
    void oneMessageThatIsTooLargeIsAloneInBeingRefused() throws Exception {
        try (RealNode real = new RealNode(data)) {
            Front front = real.front(real.node);
            AmqpQueue queue = limited(real, front);
            Publishing publishing = new Publishing(real.node, front.deadLetters());
            boolean[] taken = publishing.publish(
                    List.of(publication(queue, SMALL), publication(queue, SMALL + 1), publication(queue, SMALL)));
            assertThat(taken).containsExactly(true, false, true);
            assertThat(real.node.status(queue.queue()).orElseThrow().ready()).isEqualTo(2);
        }
    }

    @Test
    void whatAQueueCanNeverTakeIsRefusedBeforeAnyIsGivenIt() throws Exception {
        try (RealNode real = new RealNode(data)) {
            Front front = real.front(real.node);
            AmqpQueue queue = limited(real, front);
            assertThat(publication(queue, SMALL).checked().payload().length()).isEqualTo(SMALL);
            assertThatThrownBy(() -> publication(queue, SMALL + 1).checked())
                    .isInstanceOf(AmqpException.class)
                    .hasMessage(
                            "message size 11 is larger than configured max size 10 of queue 'limited' in vhost '/'");
            AmqpQueue ordered = real.declare(front, "ordered", "x-group-id", true);
            assertThatThrownBy(() -> publication(ordered, SMALL).checked())
                    .isInstanceOf(AmqpException.class)
                    .hasMessage(
                            "message has no header 'x-group-id', and queue 'ordered' in vhost '/' is ordered by it");
        }
    }

    /** The oldest make room, so all of a batch goes together, and in one command. */
    @Test
    void aStreamIsNeverTooFullForSomeOfSeveral() throws Exception {
        try (RealNode real = new RealNode(data)) {
            Front front = real.front(real.node);
            AmqpQueue stream = real.declare(front, "s", "x-queue-type", "stream", "x-max-length-bytes", SMALL);
            var asked = new Delegating(real.node) {
                @Override
                public List<List<PublishOutcome>> fanOut(List<Command.Copies> messages) {
                    throw new AssertionError("one stream is one publish");
                }
            };
            Publishing publishing = new Publishing(asked, front.deadLetters());
            assertThat(publishing.publish(List.of(publication(stream, SMALL), publication(stream, SMALL))))
                    .containsExactly(true, true);
        }
    }

    /** A queue is in the catalog a moment before it is in its shard. */
    @Test
    void whatAQueueIsTooNewForIsNotConfirmed() throws Exception {
        try (RealNode real = new RealNode(data)) {
            Front front = real.front(real.node);
            AmqpQueue queue = real.declare(front, "new");
            var early = new Delegating(real.node) {
                @Override
                public List<PublishOutcome> publish(Queue to, List<Batch> batches) {
                    return List.of(new PublishOutcome.Refused(Refusal.NO_SUCH_QUEUE));
                }

                @Override
                public List<List<PublishOutcome>> fanOut(List<Command.Copies> messages) {
                    throw new AssertionError("one queue is one publish");
                }
            };
            Publishing publishing = new Publishing(early, front.deadLetters());
            assertThat(publishing.publish(List.of(publication(queue, SMALL)))).containsExactly(false);
            real.node.change(new CatalogCommand.DeleteQueue("new"));
            assertThat(publishing.publish(List.of(publication(queue, SMALL)))).containsExactly(true);
        }
    }
}
