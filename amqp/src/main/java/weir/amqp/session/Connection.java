package weir.amqp.session;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.amqp.session.Traffic.Churn;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.Assembler;
import weir.amqp.wire.BodyRoom;
import weir.amqp.wire.ErrorCode;
import weir.amqp.wire.Frame;
import weir.amqp.wire.FrameReader;
import weir.amqp.wire.Method;
import weir.amqp.wire.Received;
import weir.core.broker.OutcomeUnknownException;

/** One client's connection. Its thread reads, and carries out all that need not gather; a second one writes. */
final class Connection {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    /** What connection.close says when the server stops, as RabbitMQ's does. */
    private static final String SHUTDOWN = "broker forced connection closure with reason 'shutdown'";

    private final Front front;
    private final Transport transport;
    private final Traffic<Traffic.Carried> carried = Traffic.ofConnection();
    private final TimedInput input;
    private final FrameReader in;
    private final Outbox out;
    private final Assembler assembler;
    private final Channels channels;
    private final long id;
    private final long sinceNanos = System.nanoTime();

    /** Null until it is open. */
    private volatile @Nullable Peer peer;
    /** When this side has sent connection.close; 0 before. */
    private volatile long closingSinceNanos;

    private volatile boolean ended;
    /** The watch's own: it has ended the connection. */
    private boolean cut;

    private final HeldLeases leases;
    private final Lull lull = new Lull(System.nanoTime());
    private final Blockade blockade;

    Connection(Front front, Transport transport, long id) throws IOException {
        this.front = front;
        this.transport = transport;
        this.id = id;
        this.input = new TimedInput(transport.in(), carried);
        this.in = new FrameReader(input);
        this.out = new Outbox(transport.out(), front.rooms().written(), carried);
        this.blockade = new Blockade(out, lull);
        BodyRoom bodies = front.rooms().bodies().bodiesOf(this, blockade);
        this.channels = new Channels(id, front, out, blockade, bodies, this::died);
        this.leases = new HeldLeases(front.clock(), channels.all(), "amqp-leases-" + id);
        this.assembler = new Assembler();
    }

    /** By which it owns queues. */
    static String nameOf(long id) {
        return Long.toString(id);
    }

    boolean isNamed(String name) {
        return nameOf(id).equals(name);
    }

    /** Reads until the connection is over, and gives back all that it held. */
    void serve() throws IOException, InterruptedException {
        transport.begin();
        Thread writer = Thread.ofVirtual().name("amqp-writer-" + id).start(out::run);
        try {
            try {
                if (open()) {
                    read();
                }
            } catch (AmqpException e) {
                closeFor(e);
                awaitClose();
            }
            finish(writer);
        } finally {
            release();
            out.end();
            tidyUp();
        }
    }

    /** Exchanges may go with the queues that went with it; nobody waits for that. */
    private void tidyUp() throws InterruptedException {
        if (peer != null) {
            try {
                front.topology().bindings().queueDeleted();
            } catch (OutcomeUnknownException e) {
                LOG.warn("What connection {} has left over is removed later: {}", id, e.getMessage());
            } catch (RuntimeException e) { // The connection itself has ended as it should.
                LOG.error("What connection {} has left over could not be removed", id, e);
            }
        }
    }

    /** Lets the client read what was written last: a socket closed over something unread would throw that away. */
    private void finish(Thread writer) throws IOException, InterruptedException {
        release();
        out.end();
        if (closingSinceNanos == 0) {
            closingSinceNanos = System.nanoTime() | 1; // From here on the watch ends what takes too long.
        }
        writer.join();
        transport.endOutput();
        byte[] rest = new byte[SessionLimits.READ_BYTES];
        while (input.read(rest, 0, rest.length) >= 0) {} // It is of no interest any more.
    }

    private boolean open() throws IOException, AmqpException, InterruptedException {
        Peer there;
        try {
            there = new Handshake(front, in, out, assembler, transport, id).shake();
        } catch (OutcomeUnknownException e) {
            throw new AmqpException(ErrorCode.INTERNAL_ERROR, "no answer in time: " + e.getMessage());
        }
        if (there == null) {
            return false;
        }
        front.queues().connectionBegan(there.owner());
        blockade.understood(there.capabilities().connectionBlocked());
        peer = there;
        String over = overBecauseOf(there);
        if (over != null) { // It was deleted a moment ago, and whoever saw that did not see this connection yet.
            forceClose(over);
        }
        LOG.debug(
                "Connection {} of {} is open on {}",
                id,
                there.user(),
                there.host().name());
        return true;
    }

    // ---- Reading

    private void read() throws IOException, AmqpException, InterruptedException {
        boolean goesOn = true;
        while (goesOn) {
            out.awaitRoom(); // Who does not read is not answered any more, and so not read.
            if (in.wouldAsk()) {
                lull.await();
            }
            Frame frame = in.read();
            if (frame == null) {
                return;
            }
            if (closingSinceNanos != 0 && frame.channel() != 0) {
                continue; // This side has said that it is over.
            }
            if (frame.channel() == 0) {
                goesOn = onConnection(frame);
            } else {
                channels.process(frame, Objects.requireNonNull(peer, "the connection is not open"));
            }
        }
    }

    /** False if it is over. */
    private boolean onConnection(Frame frame) throws AmqpException, InterruptedException {
        if (frame.type() == Frame.HEARTBEAT) {
            return true;
        }
        Received received = assembler.process(frame);
        if (received == null) {
            throw frame.unexpected();
        }
        return switch (received.method()) {
            case Method.ConnectionClose _ -> {
                release(); // What it held is back before it is told so.
                send(new Method.ConnectionCloseOk());
                yield false;
            }
            case Method.ConnectionCloseOk _ -> false;
            case Method.ConnectionUpdateSecret _ -> { // Nobody's login here runs out, so any will do, as in RabbitMQ.
                send(new Method.ConnectionUpdateSecretOk());
                yield true;
            }
            case Method other ->
                throw new AmqpException(
                        ErrorCode.COMMAND_INVALID,
                        "unexpected method in connection state running: "
                                + other.getClass().getSimpleName());
        };
    }

    // ---- Closing

    /** Ends all channels, and says why. */
    private void closeFor(AmqpException cause) throws InterruptedException {
        int methodId = channels.lastMethodId() != 0 ? channels.lastMethodId() : assembler.methodId();
        LOG.info("Connection {} is closed: {}", id, cause.replyText());
        release();
        closingSinceNanos = System.nanoTime() | 1;
        send(new Method.ConnectionClose(cause.code().code(), cause.replyText(), methodId >>> 16, methodId & 0xFFFF));
    }

    /** What comes until the client has heard of it is of no interest; the watch ends this if it never does. */
    private void awaitClose() throws InterruptedException {
        try {
            for (Frame frame = in.read(); frame != null; frame = in.read()) {
                if (frame.channel() == 0 && frame.type() == Frame.METHOD) {
                    Received received = new Assembler().process(frame);
                    if (received != null && received.method() instanceof Method.ConnectionCloseOk) {
                        return;
                    }
                    if (received != null && received.method() instanceof Method.ConnectionClose) {
                        send(new Method.ConnectionCloseOk());
                    }
                }
            }
        } catch (AmqpException | IOException _) { // It need not make sense any more.
        }
    }

    /** Gives back everything; what was published before is published. Nothing is left to do the second time. */
    private void release() throws InterruptedException {
        Peer there = peer;
        if (there != null) {
            channels.release(there);
        }
        if (there != null && !ended) {
            ended = true;
            front.traffic().happened(Churn.CONNECTION_CLOSED, 1);
            front.census().left(there.host(), there.login());
            front.queues().connectionEnded(there.owner());
        }
    }

    /** The server stops. Any thread. */
    void shutDown() {
        forceClose(SHUTDOWN);
    }

    /** A channel has lost a thread: nothing is certain any more that is under way there. Any thread. */
    private void died(Thread thread, Throwable cause) {
        LOG.error("{} has died, and its connection ends", thread.getName(), cause);
        forceClose(new AmqpException(ErrorCode.INTERNAL_ERROR, "a part of the channel has failed"));
    }

    /** Somebody else than its client has it end. Any thread; does not wait. */
    void forceClose(String why) {
        forceClose(new AmqpException(ErrorCode.CONNECTION_FORCED, why));
    }

    /** Its reader goes on until the client has heard of it, or the watch ends it. */
    private synchronized void forceClose(AmqpException cause) {
        if (peer != null && closingSinceNanos == 0) {
            LOG.info("Connection {} is closed: {}", id, cause.getMessage());
            send(new Method.ConnectionClose(cause.code().code(), cause.replyText(), 0, 0));
            closingSinceNanos = System.nanoTime() | 1;
        }
    }

    /** Ends it if its virtual host or its user is no more. Any thread; does not wait. */
    void endIfOrphaned() {
        Peer there = peer;
        String why = there == null ? null : overBecauseOf(there);
        if (why != null) {
            forceClose(why);
        }
    }

    /** Null if it may go on. */
    private @Nullable String overBecauseOf(Peer there) {
        if (front.topology().virtualHosts().now(there.host()).isEmpty()) {
            return "vhost '" + there.host().name() + "' is deleted";
        }
        return front.topology().users().isThere(there.login())
                ? null
                : "user '" + there.login().user() + "' is deleted";
    }

    // ---- Looking, from any thread

    long id() {
        return id;
    }

    /** Null if it is not open, or has no peer any more. */
    @Nullable
    ConnectionInfo info() {
        Peer there = peer;
        Socket accepted = transport.accepted();
        if (there == null
                || ended
                || !(accepted.getRemoteSocketAddress() instanceof InetSocketAddress remote)
                || !(accepted.getLocalSocketAddress() instanceof InetSocketAddress local)) {
            return null;
        }
        Tuning tuning = there.tuning();
        long ageMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sinceNanos);
        return new ConnectionInfo(
                id,
                there.user(),
                there.login(),
                there.host().name(),
                there.owner(),
                remote,
                local,
                there.mechanism(),
                transport.tls(),
                there.capabilities().properties(),
                closingSinceNanos == 0 ? "running" : "closing",
                tuning.channelMax(),
                tuning.frameMax(),
                tuning.heartbeatSeconds(),
                front.clock().millis() - ageMillis,
                carried,
                out.waiting(),
                channels.all().stream().map(Channel::info).toList());
    }

    /** Finds out how fast it carries something. One thread. */
    void lookAtRates(long nowNanos) {
        carried.look(nowNanos);
    }

    // ---- Watching, on the watch's thread

    /** Ends what has hung, says that this side is there, and has leases extended. Does not wait. */
    void look(long nowNanos) {
        Peer there = peer;
        long closing = closingSinceNanos;
        if (there == null && nowNanos - sinceNanos > SessionLimits.HANDSHAKE.toNanos()) {
            end("its handshake takes too long");
        } else if (closing != 0 && nowNanos - closing > SessionLimits.CLOSE_ANSWER.toNanos()) {
            end("it does not answer that it is to close");
        } else if (out.stalledNanos(nowNanos) > SessionLimits.STALLED_WRITE.toNanos()) {
            end("it does not read what it is sent");
        } else if (there != null) {
            beat(there.tuning().heartbeatSeconds(), nowNanos);
            leases.look(nowNanos);
        }
    }

    private void beat(int seconds, long nowNanos) {
        if (seconds == 0) {
            return;
        }
        long interval = TimeUnit.SECONDS.toNanos(seconds);
        if (input.silentNanos(nowNanos) > 2 * interval) {
            end("it missed heartbeats, " + seconds + " s apart");
        } else if (nowNanos - out.lastWriteNanos() > interval / 2 && out.stalledNanos(nowNanos) == 0) {
            out.beat();
        }
    }

    /** Once: its reader may be a while about it, if it waits for the broker. */
    private void end(String why) {
        if (cut) {
            return;
        }
        cut = true;
        LOG.info("Connection {} ends: {}", id, why);
        out.end(); // Who waits for an alarm to end, or for room, is not reading, and would not notice.
        try {
            transport.cut();
        } catch (IOException _) { // It is closed all the same.
        }
    }

    private void send(Method method) {
        out.write(frames -> frames.method(0, method));
    }
}
