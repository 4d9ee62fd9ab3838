package weir.amqp.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import weir.amqp.message.StoredMessage;
import weir.amqp.wire.Properties;
import weir.core.Bytes;

class DirectRepliesTest {
    private static final StoredMessage REPLY = new StoredMessage("", "key", Properties.EMPTY, Bytes.utf8("reply"));

    @TempDir
    Path data;

    @Test
    void nothingComesAfterTheEndHoweverLittle() throws Exception {
        try (RealNode real = new RealNode(data)) {
            Front front = real.front(real.node);
            var written = new ByteArrayOutputStream();
            var out = new Outbox(written, new OutboxRoom(Long.MAX_VALUE), Traffic.ofConnection());
            out.frameMax(4096);
            var prefetch = new Prefetch();
            var settler = new Settler(real.node, List::of, Thread.ofVirtual());
            var deliveries = new Deliveries(1, front, (_, _, _) -> {}, out, prefetch, settler);
            var replies = new DirectReplies(front.replies(), deliveries);
            replies.open("tag");
            String address = Objects.requireNonNull(replies.address());
            assertThat(front.replies().deliver(address, REPLY, true)).isTrue();
            assertThat(deliveries.reply(Bytes.utf8("tag"), REPLY, () -> false))
                    .isFalse(); // As if it had been cancelled when another thread had just found it there.
            replies.close();
            assertThat(front.replies().deliver(address, REPLY, true)).isFalse();
            out.end();
            out.run();
            assertThat(written.toString(StandardCharsets.US_ASCII)).containsOnlyOnce("reply");
        }
    }

    /** An address is what a client says: for each number that it thinks of there would be something in memory. */
    @Test
    void nothingIsOnItsWayToANodeThatThereIsNot() throws Exception {
        try (RealNode real = new RealNode(data)) {
            Front front = real.front(real.node);
            assertThat(front.replies().deliver("amq.rabbitmq.reply-to.77.nobody", REPLY, false))
                    .isFalse();
            assertThat(front.replies().isOpen("amq.rabbitmq.reply-to.77.nobody"))
                    .isFalse();
        }
    }
}
