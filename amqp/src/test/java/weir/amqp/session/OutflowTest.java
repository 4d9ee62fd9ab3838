package weir.amqp.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import weir.amqp.Delegating;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.queue.Declaration;
import weir.amqp.queue.Owner;
import weir.amqp.topology.Authentication;
import weir.amqp.topology.Login;
import weir.amqp.topology.VirtualHost;
import weir.amqp.wire.FieldTable;
import weir.amqp.wire.Method;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Receipt;
import weir.core.broker.Receive;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogReply;

@Timeout(60)
class OutflowTest {
    @TempDir
    Path data;

    private static Peer guest(Front front) throws Exception {
        front.topology().found();
        VirtualHost host = front.topology().virtualHosts().find("/").orElseThrow();
        if (front.topology().users().vouched("guest", InetAddress.getLoopbackAddress())
                instanceof Authentication.Accepted(Login login)) {
            Owner owner = new Owner(front.run(), "1");
            front.queues().connectionBegan(owner);
            ClientCapabilities capabilities = new ClientCapabilities(false, true, false, FieldTable.EMPTY);
            return new Peer("guest", login, host, owner, "PLAIN", "here", capabilities, new Tuning(10, 4096, 0));
        }
        throw new AssertionError("guest is there");
    }

    private static Outflow outflow(Front front, Peer peer) {
        Outbox out = new Outbox(new ByteArrayOutputStream(), new OutboxRoom(Long.MAX_VALUE), Traffic.ofConnection());
        out.frameMax(4096);
        return new Outflow(1, front, peer, out, new ChannelThreads("test", (_, cause) -> {
            throw new AssertionError(cause);
        }));
    }

    private static AmqpQueue ownQueue(Front front, Peer peer) throws Exception {
        return front.queues()
                .declare(new Declaration("/", "q", true, false, true, FieldTable.EMPTY), FieldTable.EMPTY, peer.owner())
                .queue();
    }

    /** What is brought for clients has to be kept until they read. */
    @Test
    void whileMuchIsUnreadLittleIsBroughtAtATime() throws Exception {
        try (RealNode real = new RealNode(data)) {
            BlockingQueue<Integer> wanted = new LinkedBlockingQueue<>();
            Front front = real.front(new Delegating(real.node) {
                @Override
                public Receipt receive(Receive receive, Duration patience)
                        throws OutcomeUnknownException, InterruptedException {
                    wanted.add(receive.bytesMax());
                    return super.receive(receive, patience);
                }
            });
            Peer peer = guest(front);
            AmqpQueue queue = ownQueue(front, peer);
            long much = SessionLimits.heldBytesOfAll();
            front.rooms().written().take(much);
            Outflow outflow = outflow(front, peer);
            outflow.consume(new Method.BasicConsume("q", "tag", false, true, false, true, FieldTable.EMPTY), queue);
            assertThat(wanted.take()).isEqualTo(SessionLimits.OUTBOX_BYTES_TIGHT);
            front.rooms().written().give(much);
            real.publish(queue, "a"); // So it comes again.
            assertThat(wanted.take()).isEqualTo(SessionLimits.RECEIVE_BYTES_MAX);
            outflow.release();
        }
    }

    /** One thread looks after all that a connection holds: other channels' leases would run out meanwhile. */
    @Test
    void whileTheCatalogDoesNotAnswerThatAConsumerIsGoneTheOthersAreLookedAfter() throws Exception {
        try (RealNode real = new RealNode(data)) {
            CountDownLatch leaving = new CountDownLatch(1);
            CountDownLatch answered = new CountDownLatch(1);
            Front front = real.front(new Delegating(real.node) {
                @Override
                public CatalogReply change(CatalogCommand command)
                        throws OutcomeUnknownException, InterruptedException {
                    if (command instanceof CatalogCommand.Undefine) {
                        leaving.countDown();
                        answered.await();
                    }
                    return super.change(command);
                }
            });
            Peer peer = guest(front);
            Outflow outflow = outflow(front, peer);
            AmqpQueue queue = ownQueue(front, peer);
            FieldTable impatient = FieldTable.of(Map.of("x-consumer-timeout", 1L));
            outflow.consume(new Method.BasicConsume("q", "tag", false, false, false, true, impatient), queue);
            real.publish(queue, "a");
            while (leaving.getCount() > 0) {
                outflow.keepHeld();
                Thread.onSpinWait();
            }
            outflow.keepHeld();
            answered.countDown();
            outflow.release();
        }
    }
}
