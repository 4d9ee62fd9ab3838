package weir.server.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** One producer or consumer: what its connection is to ask next, and what the answers mean. Owned by the loop's thread. */
abstract sealed class Worker permits Producer, Consumer {
    /** When it may go on; not before an error's pause, or its pace. By {@link System#nanoTime}. */
    long notBefore = System.nanoTime();

    int errorsInARow;

    /** When the request under way was begun. */
    long begun;

    /** The next request; empty if it has nothing more to ask, now or ever. */
    abstract java.util.Optional<ByteBuffer> next(long now);

    /** The answer is there. */
    abstract void answered(Exchange exchange, long now) throws IOException;

    /** The request under way came to nothing. */
    abstract void failed();

    /** Whether it has ended: {@link #next} is not to be asked again. */
    abstract boolean isDone();

    static void checkStatus(String action, Exchange exchange) throws IOException {
        if (exchange.status() != 200) {
            int start = exchange.bodyStart();
            int length = Math.min(300, exchange.bodyEnd() - start);
            String text = new String(exchange.bytes(), start, length, StandardCharsets.UTF_8);
            throw new IOException(
                    action + " was answered with " + exchange.status() + ": " + text.replaceAll("\\p{Cntrl}+", " "));
        }
    }

    /** Direct, so that sending it again and again copies nothing. */
    static ByteBuffer whole(byte[] head, byte[] body) {
        return ByteBuffer.allocateDirect(head.length + body.length)
                .put(head)
                .put(body)
                .flip();
    }
}
