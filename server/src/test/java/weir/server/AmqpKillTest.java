package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real server is killed (SIGKILL) in the middle of confirmed publishing: nothing that was confirmed is lost. */
class AmqpKillTest {
    private static final String QUEUE = "killed";

    @TempDir
    private Path data;

    private final KilledPublisher publisher = new KilledPublisher(QUEUE);

    @Test
    void whatWasConfirmedSurvivesEveryKill() throws Exception {
        for (int life = 0; life < KilledPublisher.KILLS; life++) {
            try (NodeProcess node = NodeProcess.start(data, Map.of()).awaitReady()) {
                publisher.publishUntilKilled(node, KilledPublisher.connect(node), life, Map.of(), () -> true);
            }
        }
        try (NodeProcess node = NodeProcess.start(data, Map.of()).awaitReady();
                Connection connection = KilledPublisher.connect(node)) {
            Channel channel = connection.createChannel();
            Set<String> got = new TreeSet<>();
            for (GetResponse next = channel.basicGet(QUEUE, true); next != null; next = channel.basicGet(QUEUE, true)) {
                got.add(new String(next.getBody(), StandardCharsets.UTF_8));
            }
            assertThat(got).containsAll(publisher.confirmed());
        }
        System.out.println(
                "AmqpKillTest: " + publisher.confirmed().size() + " confirmed in " + KilledPublisher.KILLS + " lives");
    }
}
