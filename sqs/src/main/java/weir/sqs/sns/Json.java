package weir.sqs.sns;

import java.nio.charset.StandardCharsets;
import weir.core.Bytes;
import weir.sqs.wire.Fields;
import weir.sqs.wire.JsonAnswer;
import weir.sqs.wire.JsonRequest;
import weir.sqs.wire.Shape.Structure;
import weir.sqs.wire.SnsError;
import weir.sqs.wire.SqsException;

/** The JSON documents that some attributes hold. */
final class Json {
    private Json() {}

    /**
     * Reads what the shape has of a document, and skips the rest.
     *
     * @param where what SNS is to call the document
     */
    static Fields read(Structure shape, String where, String text) {
        if (text.isEmpty()) {
            throw SnsError.invalidParameter(where + ": failed to parse JSON.");
        }
        try {
            return JsonRequest.read(shape, Bytes.utf8(text));
        } catch (SqsException _) { // It speaks of a request.
            throw SnsError.invalidParameter(where + ": failed to parse JSON.");
        }
    }

    static String write(Fields fields) {
        return new String(JsonAnswer.result(fields), StandardCharsets.UTF_8);
    }
}
