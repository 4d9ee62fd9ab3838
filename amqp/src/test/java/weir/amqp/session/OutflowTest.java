package weir.amqp.session;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
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
            Outbox out =
                    new Outbox(new ByteArrayOutputStream(), new OutboxRoom(Long.MAX_VALUE), Traffic.ofConnection());
            out.frameMax(4096);
            Outflow outflow = new Outflow(1, front, peer, out, new ChannelThreads("test", (_, cause) -> {
                throw new AssertionError(cause);
            }));
            AmqpQueue queue = front.queues()
                    .declare(
                            new Declaration("/", "q", true, false, true, FieldTable.EMPTY),
                            FieldTable.EMPTY,
                            peer.owner())
                    .queue();
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
