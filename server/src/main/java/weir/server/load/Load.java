package weir.server.load;

import java.net.URI;
import java.time.Duration;
import weir.core.Check;

/**
 * What to do to a server.
 *
 * @param endpoint of any SQS
 * @param queue created if it does not exist
 * @param messages to send in all after the warm-up, at most
 * @param duration to send for after the warm-up, at most
 * @param warmUp not counted: a server on a JVM is slower in its first seconds
 * @param bodyBytes of each message
 * @param batch messages in one send request; 1 for the action that sends a single one
 * @param ratePerSecond send requests of all producers together, at even distances; 0 for as many as the server answers.
 *     Latency then counts from when a request was due, so that a server which stalls is not asked less
 * @param groups message groups that are sent to in turns, in a FIFO queue; 0 for a standard queue
 * @param deleteQueue whether the queue goes when all is done
 */
public record Load(
        URI endpoint,
        String queue,
        long messages,
        Duration duration,
        Duration warmUp,
        int bodyBytes,
        int producers,
        int consumers,
        int batch,
        int ratePerSecond,
        int groups,
        boolean deleteQueue) {
    public static final int CONNECTIONS_MAX = 1_000;
    private static final String FIFO_SUFFIX = ".fifo";

    public Load {
        if (!"http".equals(endpoint.getScheme()) || endpoint.getHost() == null) {
            throw new IllegalArgumentException("--url is " + endpoint + ", allowed is such as http://127.0.0.1:9324");
        }
        Check.atLeast("messages", messages, 1);
        Check.inRange("size", bodyBytes, 1, 1024 * 1024);
        Check.inRange("producers", producers, 0, CONNECTIONS_MAX);
        Check.inRange("consumers", consumers, 0, CONNECTIONS_MAX);
        Check.atLeast("producers and consumers together", producers + consumers, 1);
        Check.inRange("batch", batch, 1, 10);
        Check.inRange("rate", ratePerSecond, 0, 1_000_000);
        Check.inRange("groups", groups, 0, 1_000_000);
        if (groups > 0 && !queue.endsWith(FIFO_SUFFIX)) {
            throw new IllegalArgumentException("a queue with message groups needs a name that ends in " + FIFO_SUFFIX);
        }
        Check.inRange("duration", duration, Duration.ofMillis(1), Duration.ofDays(30));
        Check.inRange("warmup", warmUp, Duration.ZERO, Duration.ofHours(1));
    }
}
