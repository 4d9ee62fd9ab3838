package weir.server.load;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import weir.server.http.HttpConnection;

/** What is done before and after the load: SQS's JSON protocol, on one connection. For one thread. */
final class SqsClient implements AutoCloseable {
    private static final JsonFactory JSON = new JsonFactory();
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(30);

    /** Peers look for a key but do not verify one; Weir accepts any on loopback. */
    static final String AUTHORIZATION = "Authorization: AWS4-HMAC-SHA256 Credential=weir/20260101/us-east-1/sqs"
            + "/aws4_request, SignedHeaders=host, Signature=0\r\n";

    private final HttpConnection connection;

    SqsClient(URI endpoint) {
        connection = new HttpConnection(endpoint, READ_TIMEOUT);
    }

    /** The server answered with an error. */
    static final class SqsException extends IOException {
        private static final long serialVersionUID = 1;

        SqsException(String message) {
            super(message);
        }
    }

    /** Creates the queue, or finds it, and returns its address. */
    String createQueue(String name, boolean fifo) throws IOException {
        byte[] body = json(json -> {
            json.writeStringProperty("QueueName", name);
            if (fifo) {
                json.writeObjectPropertyStart("Attributes");
                json.writeStringProperty("FifoQueue", "true");
                json.writeEndObject();
            }
        });
        return strings(call("CreateQueue", body), "QueueUrl").getFirst();
    }

    void deleteQueue(String queueUrl) throws IOException {
        call("DeleteQueue", json(json -> json.writeStringProperty("QueueUrl", queueUrl)));
    }

    static byte[] receiveBody(String queueUrl) {
        return json(json -> {
            json.writeStringProperty("QueueUrl", queueUrl);
            json.writeNumberProperty("MaxNumberOfMessages", 10);
            json.writeNumberProperty("WaitTimeSeconds", 1);
        });
    }

    @Override
    public void close() {
        connection.close();
    }

    private byte[] call(String action, byte[] body) throws IOException {
        HttpConnection.Response response = connection.send(
                "POST",
                "/",
                "X-Amz-Target: AmazonSQS." + action + "\r\nContent-Type: application/x-amz-json-1.0\r\n"
                        + AUTHORIZATION,
                body);
        if (response.status() != 200) {
            String text = response.text().replaceAll("\\p{Cntrl}+", " ");
            throw new SqsException(action + " was answered with " + response.status() + ": "
                    + text.substring(0, Math.min(300, text.length())));
        }
        return response.body();
    }

    interface Content {
        void write(JsonGenerator json);
    }

    static byte[] json(Content content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(2_048);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeStartObject();
            content.write(json);
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    /** The values of every property of that name, wherever in the answer. */
    private static List<String> strings(byte[] json, String property) {
        List<String> values = new ArrayList<>(10);
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.PROPERTY_NAME
                        && parser.currentName().equals(property)
                        && parser.nextToken() == JsonToken.VALUE_STRING) {
                    values.add(parser.getString());
                }
            }
        }
        return values;
    }
}
