package weir.kafka.session;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.kafka.wire.AnswerWriter;
import weir.kafka.wire.Frame;
import weir.kafka.wire.FrameReader;
import weir.kafka.wire.MalformedFrameException;
import weir.kafka.wire.Room;

/**
 * One client. A thread reads requests, and begins those that may be begun early; another answers all in the order in which they came,
 * one at a time, as Kafka does. Reading stops while too many wait: a client too fast is slowed by its own socket.
 */
final class Connection {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    /** A request in its turn. */
    private record Turn(RequestHeader header, Pending pending) {}

    private final Socket socket;
    private final Dispatch dispatch;
    private final Pipelined.Line line;
    private final Room answers;
    private final FrameReader in;
    private final StallingOutput out;
    private final BlockingQueue<Turn> turns = new ArrayBlockingQueue<>(SessionLimits.PIPELINED_MAX);

    Connection(Socket socket, Dispatch dispatch, Room requests, Room answers) throws IOException {
        this.socket = socket;
        this.dispatch = dispatch;
        this.line = dispatch.pipelined().line();
        this.answers = answers;
        this.in = new FrameReader(socket, socket.getInputStream(), requests);
        this.out = new StallingOutput(socket.getOutputStream());
    }

    /** Returns when the connection is over. */
    void serve() throws IOException, InterruptedException {
        Thread reader = Thread.currentThread();
        Thread writer = Thread.ofVirtual().name("kafka-answers").start(() -> answerAll(reader));
        try {
            for (Optional<Frame> frame = in.read(); frame.isPresent(); frame = in.read()) {
                begin(frame.get());
            }
        } catch (MalformedFrameException e) {
            LOG.debug("{} sent what is no request: {}", socket.getRemoteSocketAddress(), e.getMessage());
        } finally {
            end(writer);
            turns.forEach(turn -> turn.pending().over());
        }
    }

    /** It ends soon: none of its waits goes on when it is interrupted. */
    private static void end(Thread writer) {
        writer.interrupt();
        boolean interrupted = false;
        while (true) {
            try {
                writer.join();
                break;
            } catch (InterruptedException _) { // By the writer, or as the server stops; the same in both cases.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void begin(Frame frame) throws IOException, InterruptedException {
        Turn turn = read(frame);
        boolean waits = false;
        try {
            turns.put(turn);
            waits = true;
        } finally {
            if (!waits) {
                turn.pending().over();
            }
        }
    }

    private Turn read(Frame frame) throws MalformedFrameException {
        boolean handedOn = false;
        try {
            ByteBuffer body = frame.buffer();
            RequestHeader header = header(body);
            Served pipelined = dispatch.pipelined().served();
            Turn turn;
            if (header.apiKey() == pipelined.key() && pipelined.has(header.apiVersion())) {
                turn = new Turn(header, line.begin(header, body, frame));
            } else {
                turn = ordinary(header, body, frame);
            }
            handedOn = true;
            return turn;
        } finally {
            if (!handedOn) {
                frame.release();
            }
        }
    }

    private static RequestHeader header(ByteBuffer body) throws MalformedFrameException {
        try {
            return RequestHeader.parse(body);
        } catch (ApiException e) {
            throw new MalformedFrameException(String.valueOf(e.getMessage()), e);
        }
    }

    private Turn ordinary(RequestHeader header, ByteBuffer body, Frame frame) throws MalformedFrameException {
        ApiKeys key = header.apiKey();
        short version = header.apiVersion();
        Optional<Handler> handler = dispatch.handler(key, version);
        if (handler.isEmpty() && key == ApiKeys.API_VERSIONS) {
            frame.release();
            RequestHeader oldest = new RequestHeader(key, (short) 0, header.clientId(), header.correlationId());
            return new Turn(oldest, new Known(dispatch.versions().unsupported()));
        }
        if (handler.isEmpty()) {
            throw new MalformedFrameException(key + " of version " + version + " is not served");
        }
        try {
            AbstractRequest request = AbstractRequest.parseRequest(key, version, new ByteBufferAccessor(body)).request;
            Call call = new Call(header, request, socket.getInetAddress(), Call.ANONYMOUS, new Held(answers));
            return new Turn(header, new Asked(handler.get(), call, frame));
        } catch (RuntimeException e) { // Whatever Kafka's classes say of bytes that are no request.
            throw new MalformedFrameException(header + " cannot be read: " + e, e);
        }
    }

    private void answerAll(Thread reader) {
        try {
            OutputStream buffered = new BufferedOutputStream(out, SessionLimits.WRITE_BYTES);
            while (true) {
                Turn turn = turns.take();
                try {
                    answer(turn, buffered);
                } finally {
                    turn.pending().over();
                }
            }
        } catch (InterruptedException _) { // The client is gone, or the server is stopping.
        } catch (IOException e) {
            LOG.debug("{} is let go: {}", socket.getRemoteSocketAddress(), e.toString());
        } catch (RuntimeException | Error e) {
            LOG.error("the connection of {} ended by a bug", socket.getRemoteSocketAddress(), e);
        } finally {
            letGo();
            reader.interrupt();
        }
    }

    private void answer(Turn turn, OutputStream buffered) throws IOException, InterruptedException {
        Optional<ApiMessage> answer = turn.pending().answer();
        if (answer.isPresent()) {
            RequestHeader header = turn.header();
            AnswerWriter.write(
                    AnswerWriter.pieces(
                            header.correlationId(),
                            header.apiKey().responseHeaderVersion(header.apiVersion()),
                            answer.get(),
                            header.apiVersion()),
                    buffered);
        }
        Turn next = turns.peek();
        if (next == null || !next.pending().isReady()) {
            buffered.flush(); // The next may take long.
        }
    }

    /** Ends it from any thread. */
    void letGo() {
        try {
            socket.close();
        } catch (IOException _) { // It is closed all the same.
        }
    }

    /** How long the client has taken nothing of what it is given. */
    long stalledNanos(long now) {
        return out.stalledNanos(now);
    }
}
