package weir.server.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The one thread that serves all connections. A thread for each would cost the machine more wake-ups than the server under
 * test, which runs on the same cores.
 */
final class LoadLoop implements Runnable {
    /** A server that fails every time is not being measured. */
    private static final int ERRORS_IN_A_ROW_MAX = 20;

    private static final long PAUSE_AFTER_ERROR_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long ANSWER_NANOS_MAX = Duration.ofSeconds(30).toNanos();
    /** How precisely a pace is kept. */
    private static final long PACE_NANOS = 50_000;

    private static final long SELECT_MILLIS_MAX = 100;

    /** A worker at its connection. */
    private static final class Seat {
        final Worker worker;
        final Exchange exchange;
        /** A request is under way. */
        boolean busy;

        Seat(Worker worker, Load load, Selector selector) {
            this.worker = worker;
            this.exchange = new Exchange(load.endpoint(), selector, this);
        }
    }

    private final Load load;
    private final Phase phase;
    private final List<Worker> workers;
    private final List<Seat> seats = new ArrayList<>();

    LoadLoop(Load load, Phase phase, List<Worker> workers) {
        this.load = load;
        this.phase = phase;
        this.workers = workers;
    }

    @Override
    public void run() {
        try (Selector selector = Selector.open()) {
            workers.forEach(worker -> seats.add(new Seat(worker, load, selector)));
            serve(selector);
        } catch (IOException | RuntimeException e) {
            phase.fail("the load program cannot go on: " + e);
        } finally {
            seats.forEach(seat -> seat.exchange.close());
            phase.endProducers();
            phase.endConsumers();
        }
    }

    private void serve(Selector selector) throws IOException {
        boolean anyLeft = true;
        while (anyLeft && !phase.hasFailed()) {
            long now = System.nanoTime();
            anyLeft = false;
            boolean anyProducer = false;
            boolean anyConsumer = false;
            long next = now + TimeUnit.MILLISECONDS.toNanos(SELECT_MILLIS_MAX);
            for (Seat seat : seats) {
                if (!seat.busy && seat.worker.notBefore <= now) {
                    ask(seat);
                } else if (seat.busy && now - seat.worker.begun > ANSWER_NANOS_MAX) {
                    failed(seat, new IOException("no answer within " + Duration.ofNanos(ANSWER_NANOS_MAX)));
                }
                if (seat.busy || !seat.worker.isDone()) {
                    anyLeft = true;
                    anyProducer |= seat.worker instanceof Producer;
                    anyConsumer |= seat.worker instanceof Consumer;
                    next = seat.busy ? next : Math.min(next, seat.worker.notBefore);
                }
            }
            if (!anyProducer) {
                phase.endProducers();
            }
            if (!anyConsumer) {
                phase.endConsumers();
            }
            if (anyLeft) {
                await(selector, next - System.nanoTime());
                answer(selector);
            }
        }
    }

    private static void await(Selector selector, long nanos) throws IOException {
        long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
        if (millis > 0) {
            selector.select(millis);
        } else if (selector.selectNow() == 0 && nanos > 0) { // A selector waits for whole milliseconds only.
            LockSupport.parkNanos(Math.min(nanos, PACE_NANOS));
            selector.selectNow();
        }
    }

    private void answer(Selector selector) {
        for (SelectionKey key : selector.selectedKeys()) {
            Seat seat = (Seat) key.attachment();
            if (!seat.busy) { // The server closes an idle connection.
                seat.exchange.close();
                continue;
            }
            try {
                if (seat.exchange.ready()) {
                    seat.busy = false;
                    seat.worker.answered(seat.exchange, System.nanoTime());
                    seat.worker.errorsInARow = 0;
                    ask(seat);
                }
            } catch (IOException | RuntimeException e) {
                failed(seat, e);
            }
        }
        selector.selectedKeys().clear();
    }

    private void ask(Seat seat) {
        long now = System.nanoTime();
        if (seat.worker.isDone()) {
            return;
        }
        Optional<ByteBuffer> request = seat.worker.next(now);
        if (request.isEmpty()) {
            return;
        }
        seat.worker.begun = now;
        seat.busy = true;
        try {
            seat.exchange.begin(request.get());
        } catch (IOException e) {
            failed(seat, e);
        }
    }

    private void failed(Seat seat, Exception e) {
        seat.exchange.close();
        seat.busy = false;
        seat.worker.failed();
        seat.worker.notBefore = System.nanoTime() + PAUSE_AFTER_ERROR_NANOS;
        phase.errors.increment();
        if (++seat.worker.errorsInARow >= ERRORS_IN_A_ROW_MAX) {
            phase.fail(seat.worker.errorsInARow + " requests in a row failed, the last with: " + e);
        }
    }
}
