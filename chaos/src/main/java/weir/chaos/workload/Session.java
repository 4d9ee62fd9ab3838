package weir.chaos.workload;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import weir.chaos.history.Act;
import weir.chaos.history.Delivery;
import weir.chaos.history.Entry;
import weir.chaos.history.Outcome;
import weir.chaos.history.Recorder;

/** One client of one queue. Records all that it does, and goes to the next node when one fails it. For one thread. */
final class Session implements AutoCloseable {
    private final String client;
    private final Entry.Queue queue;
    private final Front front;
    private final List<InetSocketAddress> nodes;
    private final Recorder recorder;
    /** By their tokens, what this connection was given; told to the history when the connection ends over it. */
    private final Map<String, Held> given = new HashMap<>();

    private int node;
    private Front.@Nullable Connection connection;
    /** When this connection was last known to live. */
    private long livedMicros;

    private long deliveries;

    /** @param first the index of the node to begin with */
    Session(
            String client,
            Entry.Queue queue,
            Front front,
            List<InetSocketAddress> nodes,
            int first,
            Recorder recorder) {
        this.client = client;
        this.queue = queue;
        this.front = front;
        this.nodes = nodes;
        this.node = Math.floorMod(first, nodes.size());
        this.recorder = recorder;
    }

    /**
     * A message that this client holds.
     *
     * @param lease the delivery's name in the history
     */
    record Held(Body body, String token, String lease) {}

    String client() {
        return client;
    }

    Entry.Queue queue() {
        return queue;
    }

    /** What one request does, and what it gives. */
    private interface Request<T> {
        T send(Front.Connection connection) throws IOException, RefusedException, InterruptedException;
    }

    /** Whether the server acknowledged it. */
    boolean publish(Body body, String group, Duration delay) throws InterruptedException {
        Function<String, Act> act =
                place -> new Act.Publish(body.id(), group, body.checksum(), delay.toNanos() / 1_000, place);
        return call(connected -> connected.publish(queue, body, group, delay), act, "")
                .isPresent();
    }

    /** What is received, nothing also if the request fails. */
    List<Held> receive(Duration wait) throws InterruptedException {
        long first = deliveries;
        List<Front.Received> received = call(
                        connected -> connected.receive(queue, WorkloadLimits.RECEIVE_MAX, wait),
                        messages -> new Act.Receive(wait.toNanos() / 1_000, deliveries(messages)),
                        List.<Front.Received>of())
                .orElse(List.of());
        deliveries += received.size();
        List<Held> all = IntStream.range(0, received.size())
                .mapToObj(i -> new Held(
                        Body.received(received.get(i).body()), received.get(i).token(), lease(first + i)))
                .toList();
        if (connection != null) {
            given.keySet().retainAll(connection.held());
            List<String> held = connection.held();
            all.stream().filter(each -> held.contains(each.token())).forEach(each -> given.put(each.token(), each));
        }
        return all;
    }

    private List<Delivery> deliveries(List<Front.Received> messages) {
        return IntStream.range(0, messages.size())
                .mapToObj(i -> {
                    Front.Received message = messages.get(i);
                    Body body = Body.received(message.body());
                    return new Delivery(
                            body.id(), body.checksum(), message.place(), lease(deliveries + i), message.attempts());
                })
                .toList();
    }

    private String lease(long number) {
        return client + "-" + number;
    }

    void acknowledge(Held held) throws InterruptedException {
        call(
                connected -> {
                    connected.acknowledge(queue, held.token());
                    return "";
                },
                _ -> new Act.Acknowledge(held.body().id(), held.lease()),
                "");
    }

    void extend(Held held, Duration visibility) throws InterruptedException {
        call(
                connected -> {
                    connected.extend(queue, held.token(), visibility);
                    return "";
                },
                _ -> new Act.Extend(held.body().id(), held.lease(), visibility.toNanos() / 1_000),
                "");
    }

    /** Empty unless the outcome is OK. */
    private <T> Optional<T> call(Request<T> request, Function<T, Act> act, T nothing) throws InterruptedException {
        long begin = recorder.now();
        Outcome outcome;
        String why;
        try {
            T result = request.send(connection());
            record(begin, Outcome.OK, "", act.apply(result));
            livedMicros = recorder.now();
            return Optional.of(result);
        } catch (RefusedException e) {
            outcome = Outcome.REFUSED;
            why = e.reason();
        } catch (IOException e) {
            outcome = Outcome.UNKNOWN;
            why = e.toString();
        } catch (InterruptedException e) { // The run is being ended; the request may still arrive.
            record(begin, Outcome.UNKNOWN, "interrupted", act.apply(nothing));
            throw e;
        }
        record(begin, outcome, why, act.apply(nothing));
        next();
        return Optional.empty();
    }

    private void record(long begin, Outcome outcome, String why, Act act) {
        recorder.record(new Entry.Operation(begin, recorder.now(), client, node + 1, queue.name(), outcome, why, act));
    }

    private Front.Connection connection() {
        if (connection == null) {
            connection = front.connect(nodes.get(node));
        }
        return connection;
    }

    private void next() throws InterruptedException {
        close();
        node = (node + 1) % nodes.size();
        Thread.sleep(WorkloadLimits.BETWEEN_TRIES);
    }

    @Override
    public void close() {
        if (connection != null) {
            for (String token :
                    connection.held()) { // They are somebody else's from when the server noticed, whenever that was.
                Held held = given.get(token);
                if (held != null) {
                    Act released = new Act.Extend(held.body().id(), held.lease(), 0);
                    recorder.record(new Entry.Operation(
                            livedMicros,
                            recorder.now(),
                            client,
                            node + 1,
                            queue.name(),
                            Outcome.UNKNOWN,
                            "its connection ended",
                            released));
                }
            }
            given.clear();
            connection.close();
            connection = null;
        }
    }
}
