package weir.sqs;

import io.helidon.http.ServerRequestHeaders;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;
import weir.sqs.action.QueueNames;
import weir.sqs.auth.AuthMode;
import weir.sqs.wire.Fields;
import weir.sqs.wire.JsonRequest;
import weir.sqs.wire.Operation;
import weir.sqs.wire.QueryRequest;
import weir.sqs.wire.SqsError;

/**
 * {@code /_aws/sqs/messages}, LocalStack's endpoint for developers and their tools: a ReceiveMessage there, or a bare request with
 * a {@code QueueUrl}, lists a queue's messages and changes nothing. It asks nobody who he is, so it is there only while nothing
 * of this server does, which is then on loopback.
 *
 * @param names what queues here are called
 * @param auth how much is asked of other requests
 */
record DeveloperEndpoint(QueueNames names, AuthMode auth) {
    private static final String PATH = "/_aws/sqs/messages";
    private static final Pattern QUEUE_IN_PATH = Pattern.compile(PATH + "/([^/]+)/([^/]+)/([^/]+)/?");
    private static final Pattern URL_WITHOUT_AN_ACCOUNT = Pattern.compile("[a-z]+://[^/]*(/[^/]*)?/?");
    private static final String TARGET = "AmazonSQS.ReceiveMessage";

    /**
     * What to list.
     *
     * @param input of a ReceiveMessage
     * @param invisible whether also messages that are in flight
     * @param delayed whether also messages whose time has not come
     */
    record Look(Fields input, boolean invisible, boolean delayed) {}

    static boolean isMeantBy(String path) {
        return path.startsWith(PATH) && (path.length() == PATH.length() || path.charAt(PATH.length()) == '/');
    }

    /** Tools that accept JSON expect another one here than AWS has. */
    static Answer.Form formOf(ServerRequestHeaders headers) {
        Answer.Form form = Answer.Form.of(headers);
        return form == Answer.Form.QUERY_JSON ? Answer.Form.XML_AS_JSON : form;
    }

    /**
     * Reads a request.
     *
     * @param target that of the JSON protocol; null in the Query protocol
     * @param form the parameters of the query, and in the Query protocol those of the body
     */
    Look read(String path, @Nullable String target, QueryRequest form, Bytes body) {
        if (auth != AuthMode.OFF) {
            throw SqsError.ACCESS_DENIED.because(
                    "This endpoint asks nobody who he is, so it is served only where sqs.auth is off.");
        }
        String action = form.action();
        if (target != null ? !target.equals(TARGET) : action != null && !action.equals("ReceiveMessage")) {
            throw SqsError.INVALID_REQUEST.because("This endpoint only accepts ReceiveMessage calls");
        }
        var shape = Operation.RECEIVE_MESSAGE.input();
        Fields input = target == null ? form.read(shape) : JsonRequest.read(shape, body);
        Matcher inPath = QUEUE_IN_PATH.matcher(path);
        if (inPath.matches()) {
            String arn = "arn:aws:sqs:" + inPath.group(1) + ":" + inPath.group(2) + ":" + inPath.group(3);
            String name = names.nameInArn(arn);
            input = name == null ? new Fields() : new Fields().put("QueueUrl", name);
        }
        String url = input.text("QueueUrl");
        if (url != null && URL_WITHOUT_AN_ACCOUNT.matcher(url).matches()) {
            throw SqsError.INVALID_ADDRESS.because("The address " + url + " is not valid for this endpoint.");
        }
        return new Look(input, isSet(form.parameter("ShowInvisible")), isSet(form.parameter("ShowDelayed")));
    }

    private static boolean isSet(@Nullable String parameter) {
        return switch (parameter == null ? "" : parameter.toLowerCase(Locale.ROOT)) {
            case "true", "1" -> true;
            default -> false;
        };
    }
}
