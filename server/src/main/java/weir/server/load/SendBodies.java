package weir.server.load;

import java.nio.ByteBuffer;
import tools.jackson.core.JsonGenerator;

/** One producer's send requests. For one thread. */
sealed interface SendBodies {
    ByteBuffer next();

    static SendBodies of(Load load, String queueUrl, int producer, String action) {
        return load.groups() == 0 ? new Same(queueUrl, load, action) : new Grouped(queueUrl, load, producer, action);
    }

    /** Messages of a standard queue: the same request again and again. */
    final class Same implements SendBodies {
        private final ByteBuffer request;

        Same(String queueUrl, Load load, String action) {
            byte[] body = send(queueUrl, load, _ -> {});
            request = Worker.whole(Exchange.head(load.endpoint(), action, body.length), body);
        }

        @Override
        public ByteBuffer next() {
            return request.rewind();
        }
    }

    /** Messages of a FIFO queue: the groups in turns, and a deduplication id that no other message has. */
    final class Grouped implements SendBodies {
        private final String queueUrl;
        private final Load load;
        private final String action;
        private final String run;
        private long sent;

        Grouped(String queueUrl, Load load, int producer, String action) {
            this.queueUrl = queueUrl;
            this.load = load;
            this.action = action;
            this.run = Long.toHexString(System.nanoTime()) + "-" + producer + "-";
        }

        @Override
        public ByteBuffer next() {
            byte[] body = send(queueUrl, load, json -> {
                json.writeStringProperty("MessageGroupId", "group-" + sent % load.groups());
                json.writeStringProperty("MessageDeduplicationId", run + sent++);
            });
            byte[] head = Exchange.head(load.endpoint(), action, body.length);
            return ByteBuffer.allocate(head.length + body.length)
                    .put(head)
                    .put(body)
                    .flip();
        }
    }

    /** What is said of each message beside its body. */
    @FunctionalInterface
    interface About {
        void write(JsonGenerator json);
    }

    private static byte[] send(String queueUrl, Load load, About about) {
        String text = "x".repeat(load.bodyBytes());
        return SqsClient.json(json -> {
            json.writeStringProperty("QueueUrl", queueUrl);
            if (load.batch() == 1) {
                json.writeStringProperty("MessageBody", text);
                about.write(json);
                return;
            }
            json.writeArrayPropertyStart("Entries");
            for (int i = 0; i < load.batch(); i++) {
                json.writeStartObject();
                json.writeStringProperty("Id", Integer.toString(i));
                json.writeStringProperty("MessageBody", text);
                about.write(json);
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }
}
