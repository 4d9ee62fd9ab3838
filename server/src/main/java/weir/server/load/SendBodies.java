package weir.server.load;

import tools.jackson.core.JsonGenerator;

/** The bodies of one producer's send requests. For one thread. */
sealed interface SendBodies {
    byte[] next();

    static SendBodies of(Load load, String queueUrl, int producer) {
        return load.groups() == 0 ? new Same(queueUrl, load) : new Grouped(queueUrl, load, producer);
    }

    /** Messages of a standard queue: the same request again and again. */
    final class Same implements SendBodies {
        private final byte[] body;

        Same(String queueUrl, Load load) {
            body = send(queueUrl, load, _ -> {});
        }

        @Override
        public byte[] next() {
            return body;
        }
    }

    /** Messages of a FIFO queue: the groups in turns, and a deduplication id that no other message has. */
    final class Grouped implements SendBodies {
        private final String queueUrl;
        private final Load load;
        private final String run;
        private long sent;

        Grouped(String queueUrl, Load load, int producer) {
            this.queueUrl = queueUrl;
            this.load = load;
            this.run = Long.toHexString(System.nanoTime()) + "-" + producer + "-";
        }

        @Override
        public byte[] next() {
            return send(queueUrl, load, json -> {
                json.writeStringProperty("MessageGroupId", "group-" + sent % load.groups());
                json.writeStringProperty("MessageDeduplicationId", run + sent++);
            });
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
