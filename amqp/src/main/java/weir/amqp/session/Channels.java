package weir.amqp.session;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.amqp.session.Traffic.Churn;
import weir.amqp.topology.Account;
import weir.amqp.topology.VirtualHost;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.Assembler;
import weir.amqp.wire.BodyRoom;
import weir.amqp.wire.ErrorCode;
import weir.amqp.wire.Frame;
import weir.amqp.wire.Method;
import weir.amqp.wire.Received;
import weir.core.broker.OutcomeUnknownException;

/** The channels of one connection by their numbers. They belong to its reading thread; others only look at them. */
final class Channels {
    private static final Logger LOG = LoggerFactory.getLogger(Channels.class);

    private final long connection;
    private final Front front;
    private final Outbox out;
    private final Blockade blockade;
    private final BodyRoom bodies;
    private final Thread.UncaughtExceptionHandler died;
    private final Map<Integer, Channel> open = new ConcurrentHashMap<>();
    /** What one was doing when it met an error that ends the connection; 0 if none did. */
    private int lastMethodId;

    /** @param died told of a channel's thread that has ended by a bug */
    Channels(
            long connection,
            Front front,
            Outbox out,
            Blockade blockade,
            BodyRoom bodies,
            Thread.UncaughtExceptionHandler died) {
        this.connection = connection;
        this.front = front;
        this.out = out;
        this.blockade = blockade;
        this.bodies = bodies;
        this.died = died;
    }

    /** Those that are open, for anybody to look at. */
    Collection<Channel> all() {
        return Collections.unmodifiableCollection(open.values());
    }

    /** What the one was doing whose error has just ended the connection; 0 if it was none's. */
    int lastMethodId() {
        return lastMethodId;
    }

    /** @throws AmqpException if the connection is to end for it */
    void process(Frame frame, Peer there) throws AmqpException, InterruptedException {
        int number = frame.channel();
        Channel channel = open.get(number);
        if (channel == null) {
            open(number, frame, there);
            return;
        }
        lastMethodId = 0;
        try {
            if (channel.process(frame) == Channel.State.CLOSED) {
                open.remove(number);
                closed(List.of(number), there);
            }
        } catch (AmqpException e) {
            if (e.code().isHard()) {
                lastMethodId = channel.methodId();
                throw e;
            }
            channel.closeFor(e);
        }
    }

    private void open(int number, Frame frame, Peer there) throws AmqpException, InterruptedException {
        Assembler first = new Assembler(front.settings().messageBytesMax(), bodies);
        Received received = frame.type() == Frame.METHOD ? first.process(frame) : null;
        if (received == null || !(received.method() instanceof Method.ChannelOpen)) {
            throw new AmqpException(ErrorCode.CHANNEL_ERROR, "expected 'channel.open'");
        }
        if (number > there.tuning().channelMax()) {
            throw new AmqpException(
                    ErrorCode.NOT_ALLOWED,
                    "number of channels opened (" + open.size() + ") has reached the negotiated channel_max ("
                            + there.tuning().channelMax() + ")");
        }
        front.census().opened(there.login(), most(there));
        front.traffic().happened(Churn.CHANNEL_CREATED, 1);
        ChannelThreads threads = new ChannelThreads("amqp-" + connection + "-" + number, died);
        open.put(number, new Channel(number, front, there, out, blockade, first, threads));
        out.write(frames -> frames.method(number, new Method.ChannelOpenOk()));
    }

    private long most(Peer there) throws AmqpException, InterruptedException {
        try {
            return front.topology()
                    .users()
                    .find(there.login().user())
                    .map(Account::channelsMax)
                    .orElse(VirtualHost.UNLIMITED);
        } catch (OutcomeUnknownException e) {
            throw new AmqpException(ErrorCode.INTERNAL_ERROR, "no answer in time: " + e.getMessage());
        }
    }

    private void closed(List<Integer> numbers, Peer there) {
        front.census().closed(there.login(), numbers.size());
        front.traffic().happened(Churn.CHANNEL_CLOSED, numbers.size());
        numbers.forEach(number -> front.traffic().closed(there.owner(), number));
    }

    /** Ends all of them, and gives back what they hold; what was published before is published. */
    void release(Peer there) throws InterruptedException {
        List<Channel> all = new ArrayList<>(open.values());
        List<Integer> numbers = new ArrayList<>(open.keySet());
        open.clear();
        all.forEach(Channel::beginStop); // Before the first that has to be waited for.
        for (Channel channel : all) {
            try {
                channel.release();
            } catch (RuntimeException e) { // The others are given back all the same.
                LOG.error("A channel of connection {} could not be given back", connection, e);
            }
        }
        closed(numbers, there);
    }
}
