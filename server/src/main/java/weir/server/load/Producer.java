package weir.server.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Sends until the run has sent enough. */
final class Producer extends Worker {
    private static final Marker MESSAGE_ID = new Marker("MessageId");

    private final Load load;
    private final Phase phase;
    private final Measured sends;
    private final Pace pace;
    private final SendBodies bodies;
    private final String action;
    private boolean counted;
    private long since;
    private boolean done;

    Producer(Load load, String queueUrl, int number, Phase phase, Measured sends) {
        this.load = load;
        this.phase = phase;
        this.sends = sends;
        this.pace = Pace.of(load, number);
        this.action = load.batch() == 1 ? "SendMessage" : "SendMessageBatch";
        this.bodies = SendBodies.of(load, queueUrl, number, action);
    }

    @Override
    Optional<ByteBuffer> next(long now) {
        if (phase.stopSending()) {
            done = true;
            return Optional.empty();
        }
        if (pace.due() > now) {
            notBefore = pace.due();
            return Optional.empty();
        }
        counted = phase.isCounting(); // A request belongs to the phase that it began in.
        if (counted && !phase.take(load.batch())) {
            done = true;
            return Optional.empty();
        }
        since = pace.begun(now);
        return Optional.of(bodies.next());
    }

    @Override
    void answered(Exchange exchange, long now) throws IOException {
        checkStatus(action, exchange);
        int accepted = MESSAGE_ID.count(exchange.bytes(), exchange.bodyStart(), exchange.bodyEnd());
        if (accepted != load.batch()) {
            throw new IOException("of " + load.batch() + " messages " + accepted + " were accepted");
        }
        if (counted) {
            sends.record(since, now, load.batch());
        }
    }

    @Override
    void failed() {
        if (counted) {
            phase.giveBack(load.batch());
        }
    }

    @Override
    boolean isDone() {
        return done;
    }
}
