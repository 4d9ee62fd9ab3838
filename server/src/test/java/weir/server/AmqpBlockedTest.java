package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A publisher that is faster than the log is told that it is kept waiting, and when that is over. */
@DisabledOnOs(OS.WINDOWS)
class AmqpBlockedTest {
    /** More than a channel gathers, and than sockets hold. */
    private static final int MESSAGES = 400;

    private static final int BYTES = 64 * 1024;

    @TempDir
    private Path data;

    @Test
    @DisplayName("connection.blocked while one of two nodes is stopped, connection.unblocked when it goes on")
    void publisherIsToldThatItWaitsForAMajority() throws Exception {
        List<Integer> ports = NodeProcess.freePorts(2);
        try (NodeProcess one = NodeProcess.start(data.resolve("1"), NodeProcess.clustered(1, ports));
                NodeProcess two = NodeProcess.start(data.resolve("2"), NodeProcess.clustered(2, ports))) {
            one.awaitReady();
            two.awaitReady();
            Connection connection = TestServer.rabbit(one.amqpPort()).newConnection();
            BlockingQueue<String> told = new LinkedBlockingQueue<>();
            connection.addBlockedListener(reason -> told.add("blocked: " + reason), () -> told.add("unblocked"));
            Channel channel = connection.createChannel();
            channel.queueDeclare("blocked", true, false, false, null);
            channel.confirmSelect();
            two.signal("STOP");
            CompletableFuture<Void> publishing = new CompletableFuture<>();
            Thread.ofVirtual().start(() -> publish(channel, publishing));
            assertThat(AmqpAtServer.next(told)).startsWith("blocked: low on ");
            two.signal("CONT");
            assertThat(AmqpAtServer.next(told)).isEqualTo("unblocked");
            publishing.get(AmqpAtServer.SECONDS_MAX, java.util.concurrent.TimeUnit.SECONDS);
            channel.waitForConfirmsOrDie(AmqpAtServer.SECONDS_MAX * 1_000L);
            connection.abort();
        }
    }

    private static void publish(Channel channel, CompletableFuture<Void> done) {
        try {
            for (int i = 0; i < MESSAGES; i++) {
                channel.basicPublish("", "blocked", null, new byte[BYTES]);
            }
            done.complete(null);
        } catch (IOException e) {
            done.completeExceptionally(e);
        }
    }
}
