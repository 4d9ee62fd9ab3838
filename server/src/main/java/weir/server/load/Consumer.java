package weir.server.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Receives and deletes in turns, until the producers have ended and the queue is found empty. */
final class Consumer extends Worker {
    private static final Marker RECEIPT_HANDLE = new Marker("ReceiptHandle");
    private static final Marker ID = new Marker("Id");
    /** Ten receipt handles of some hundred characters, and what stands around them. */
    private static final int DELETE_BYTES_USUAL = 16 * 1024;

    private final java.net.URI endpoint;
    private final Phase phase;
    private final Measured receives;
    private final Measured deletes;
    private final ByteBuffer receive;
    private final byte[] deleteStart;
    private ByteBuffer deleteBody = ByteBuffer.allocate(DELETE_BYTES_USUAL);
    /** Messages that the delete under way is for; 0 if a receive is. */
    private int deleting;

    private boolean handlesReady;
    private boolean lastLook;
    private boolean done;

    Consumer(Load load, String queueUrl, Phase phase, Measured receives, Measured deletes) {
        this.endpoint = load.endpoint();
        this.phase = phase;
        this.receives = receives;
        this.deletes = deletes;
        byte[] body = SqsClient.receiveBody(queueUrl);
        this.receive = whole(Exchange.head(endpoint, "ReceiveMessage", body.length), body);
        this.deleteStart = ("{\"QueueUrl\":\"" + queueUrl + "\",\"Entries\":[").getBytes(StandardCharsets.UTF_8);
    }

    @Override
    Optional<ByteBuffer> next(long now) {
        if (handlesReady) {
            handlesReady = false;
            byte[] head = Exchange.head(endpoint, "DeleteMessageBatch", deleteBody.limit());
            return Optional.of(ByteBuffer.allocate(head.length + deleteBody.limit())
                    .put(head)
                    .put(deleteBody)
                    .flip());
        }
        if (phase.stopReceiving()) {
            done = true;
            return Optional.empty();
        }
        deleting = 0;
        lastLook = phase.allSent();
        return Optional.of(receive.rewind());
    }

    @Override
    void answered(Exchange exchange, long now) throws IOException {
        if (deleting > 0) {
            checkStatus("DeleteMessageBatch", exchange);
            int deleted = ID.count(exchange.bytes(), exchange.bodyStart(), exchange.bodyEnd());
            if (deleted != deleting) {
                throw new IOException("of " + deleting + " messages " + deleted + " were deleted");
            }
            deletes.record(begun, now, deleted);
            deleting = 0;
            return;
        }
        checkStatus("ReceiveMessage", exchange);
        deleting = takeHandles(exchange);
        if (deleting > 0) {
            receives.record(begun, now, deleting);
            handlesReady = true;
        } else if (lastLook) {
            done = true;
        }
    }

    /** Writes the body of the request that deletes what was received, and returns how many messages that is. */
    private int takeHandles(Exchange exchange) throws IOException {
        byte[] json = exchange.bytes();
        int to = exchange.bodyEnd();
        int room = deleteStart.length + to - exchange.bodyStart() + 1024;
        if (deleteBody.capacity() < room) {
            deleteBody = ByteBuffer.allocate(room);
        }
        deleteBody.clear().put(deleteStart);
        int count = 0;
        for (int at = RECEIPT_HANDLE.next(json, exchange.bodyStart(), to);
                at >= 0;
                at = RECEIPT_HANDLE.next(json, at + 1, to)) {
            int start = RECEIPT_HANDLE.valueAfter(json, at, to);
            int end = start;
            while (start >= 0 && end < to && json[end] != '"') { // No server escapes anything in a receipt handle.
                end++;
            }
            if (start < 0 || end == to) {
                throw new IOException("a message without a receipt handle");
            }
            String before = (count == 0 ? "" : ",") + "{\"Id\":\"" + count + "\",\"ReceiptHandle\":\"";
            deleteBody.put(before.getBytes(StandardCharsets.US_ASCII));
            deleteBody.put(json, start, end - start);
            deleteBody.put("\"}".getBytes(StandardCharsets.US_ASCII));
            count++;
        }
        deleteBody.put("]}".getBytes(StandardCharsets.US_ASCII)).flip();
        return count;
    }

    @Override
    void failed() {
        deleting = 0;
        handlesReady = false;
    }

    @Override
    boolean isDone() {
        return done;
    }
}
