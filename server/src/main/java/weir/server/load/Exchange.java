package weir.server.load;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One kept-alive connection with one request under way at a time, on a selector. What HTTP needs beyond that (TLS, continued
 * answers, bodies without a length) is {@link weir.server.http.HttpConnection}'s. Owned by the loop's thread.
 */
final class Exchange implements AutoCloseable {
    /** Ten of the largest messages with what stands around them; more is no answer to what is asked here. */
    private static final int ANSWER_BYTES_MAX = 32 * 1024 * 1024;

    private static final int ANSWER_BYTES_USUAL = 32 * 1024;
    private static final byte[] HEAD_END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final URI endpoint;
    private final Selector selector;
    private final Object attachment;
    private @Nullable SocketChannel channel;
    private @Nullable SelectionKey key;
    private ByteBuffer request = ByteBuffer.allocate(0);
    private ByteBuffer answer = ByteBuffer.allocate(ANSWER_BYTES_USUAL);
    private int bodyStart;
    private int end;
    private boolean chunked;

    /** @param attachment of the selector's key */
    Exchange(URI endpoint, Selector selector, Object attachment) {
        this.endpoint = endpoint;
        this.selector = selector;
        this.attachment = attachment;
    }

    /** What stands before the body of every request for an action. */
    static byte[] head(URI endpoint, String action, int bodyBytes) {
        return ("POST / HTTP/1.1\r\nHost: " + endpoint.getRawAuthority() + "\r\nX-Amz-Target: AmazonSQS." + action
                        + "\r\nContent-Type: application/x-amz-json-1.0\r\n" + SqsClient.AUTHORIZATION
                        + "Content-Length: " + bodyBytes + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Begins to send; the buffer belongs to the exchange until the answer has come. */
    void begin(ByteBuffer whole) throws IOException {
        SocketChannel open = channel;
        if (open == null) {
            open = SocketChannel.open();
            channel = open;
            open.setOption(StandardSocketOptions.TCP_NODELAY, true);
            int port = endpoint.getPort() >= 0 ? endpoint.getPort() : 80;
            open.connect(new InetSocketAddress(endpoint.getHost(), port)); // Once for each connection, so it may wait.
            open.configureBlocking(false);
            key = open.register(selector, SelectionKey.OP_READ, attachment);
        }
        request = whole;
        answer.clear();
        bodyStart = 0;
        end = -1;
        chunked = false;
        write();
    }

    private void write() throws IOException {
        SocketChannel open = opened();
        open.write(request);
        SelectionKey registered = key;
        if (registered != null) {
            int wanted = request.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ;
            if (registered.interestOps() != wanted) {
                registered.interestOps(wanted);
            }
        }
    }

    /** The channel is ready for something. True if the answer is whole. */
    boolean ready() throws IOException {
        if (request.hasRemaining()) {
            write();
        }
        if (!answer.hasRemaining()) {
            if (answer.capacity() >= ANSWER_BYTES_MAX) {
                throw new IOException("the answer is larger than " + ANSWER_BYTES_MAX + " bytes");
            }
            answer = ByteBuffer.wrap(Arrays.copyOf(answer.array(), answer.capacity() * 2))
                    .position(answer.position());
        }
        int read = opened().read(answer);
        if (read < 0) {
            throw new EOFException("the server closed the connection");
        }
        return read > 0 && isWhole();
    }

    private boolean isWhole() throws IOException {
        byte[] bytes = answer.array();
        int length = answer.position();
        if (bodyStart == 0) {
            int headEnd = indexOf(bytes, length, HEAD_END);
            if (headEnd < 0) {
                return false;
            }
            bodyStart = headEnd + HEAD_END.length;
            readHead(new String(bytes, 0, headEnd, StandardCharsets.ISO_8859_1));
        }
        if (!chunked) {
            return length >= end;
        }
        boolean last = length >= bodyStart + 5
                && Arrays.equals(bytes, length - 5, length, "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII), 0, 5);
        if (last) {
            unchunk(bytes, length);
        }
        return last;
    }

    private void readHead(String head) throws IOException {
        if (!head.startsWith("HTTP/1.1 ")) {
            throw new IOException(
                    "the answer is not HTTP/1.1: " + head.lines().findFirst().orElse(""));
        }
        for (String line : head.split("\r\n", 200)) {
            if (line.regionMatches(true, 0, "Content-Length:", 0, 15)) {
                end = bodyStart + Integer.parseInt(line.substring(15).strip());
            } else if (line.regionMatches(true, 0, "Transfer-Encoding:", 0, 18)) {
                chunked = true;
            }
        }
        if (end < 0 && !chunked) {
            throw new IOException("the answer has no length");
        }
    }

    /** Moves the chunks together. */
    private void unchunk(byte[] bytes, int length) throws IOException {
        int to = bodyStart;
        int at = bodyStart;
        while (at < length) {
            int lineEnd = at;
            while (lineEnd < length && bytes[lineEnd] != '\r') {
                lineEnd++;
            }
            int size = Integer.parseInt(new String(bytes, at, lineEnd - at, StandardCharsets.US_ASCII).strip(), 16);
            if (size == 0) {
                break;
            }
            if (lineEnd + 2 + size > length) {
                throw new IOException("a chunk is longer than the answer");
            }
            System.arraycopy(bytes, lineEnd + 2, bytes, to, size);
            to += size;
            at = lineEnd + 2 + size + 2;
        }
        end = to;
    }

    private static int indexOf(byte[] bytes, int length, byte[] wanted) {
        for (int i = 0; i + wanted.length <= length; i++) {
            if (bytes[i] == wanted[0] && Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
                return i;
            }
        }
        return -1;
    }

    /** Of the whole answer. */
    int status() {
        byte[] bytes = answer.array();
        return (bytes[9] - '0') * 100 + (bytes[10] - '0') * 10 + bytes[11] - '0';
    }

    /** The answer's bytes, of which the body is from {@link #bodyStart} to {@link #bodyEnd}. */
    byte[] bytes() {
        return answer.array();
    }

    int bodyStart() {
        return bodyStart;
    }

    int bodyEnd() {
        return end;
    }

    private SocketChannel opened() throws IOException {
        SocketChannel open = channel;
        if (open == null) {
            throw new EOFException("the connection is closed");
        }
        return open;
    }

    /** A next request opens it again. */
    @Override
    public void close() {
        SocketChannel open = channel;
        channel = null;
        key = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException _) { // It is done with either way.
            }
        }
    }
}
