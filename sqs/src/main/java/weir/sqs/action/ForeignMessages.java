package weir.sqs.action;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import weir.core.Bytes;
import weir.core.Message;
import weir.core.Message.Header;
import weir.sqs.wire.Fields;
import weir.sqs.wire.JsonAnswer;

/**
 * What other fronts took, as SQS can carry it: a body that is no text in base64, which an attribute says, and at most ten
 * attributes. Headers beyond that, and those that no attribute can hold, are together in a JSON document in one of them.
 */
final class ForeignMessages {
    static final String BODY_ENCODING = "BodyEncoding";
    static final String BASE64 = "base64";
    static final String REST = "mq.headers";

    private ForeignMessages() {}

    static Message shown(Message message) {
        boolean text = isText(message.body());
        List<Header> fit = new ArrayList<>();
        List<Header> rest = new ArrayList<>();
        for (Header header : message.headers()) {
            if (!MessageAttributes.isAttribute(header)) {
                continue;
            }
            (fits(header) ? fit : rest).add(header);
        }
        int room = Quotas.MESSAGE_ATTRIBUTES_MAX - (text ? 0 : 1);
        if (!rest.isEmpty() || fit.size() > room) {
            List<Header> beyond = fit.subList(Math.min(fit.size(), room - 1), fit.size());
            rest.addAll(beyond);
            beyond.clear();
            fit.add(new Header(REST, "String", Bytes.utf8(json(rest))));
        }
        if (text) {
            return new Message(fit, message.body());
        }
        fit.add(new Header(BODY_ENCODING, "String", Bytes.utf8(BASE64)));
        return new Message(fit, Bytes.utf8(base64(message.body())));
    }

    private static boolean fits(Header header) {
        return MessageAttributes.isNameAllowed(header.name())
                && header.value().length() > 0
                && (MessageAttributes.isBinary(header) || isText(header.value()));
    }

    private static boolean isText(Bytes bytes) {
        String text = bytes.utf8();
        return Text.isAllowed(text)
                && (text.indexOf('\uFFFD') < 0 || Bytes.utf8(text).equals(bytes));
    }

    private static String json(List<Header> headers) {
        Fields fields = new Fields();
        for (Header header : headers) {
            boolean binary = MessageAttributes.isBinary(header);
            fields.put(
                    header.name(),
                    binary ? base64(header.value()) : header.value().utf8());
        }
        String json = new String(JsonAnswer.result(fields), StandardCharsets.UTF_8);
        return Text.isAllowed(json) ? json : escaped(json);
    }

    /** Jackson escapes control characters, but there are more that XML cannot carry. */
    private static String escaped(String json) {
        StringBuilder escaped = new StringBuilder(json.length() + 16);
        json.chars().forEach(c -> {
            if (c < 0x7F) {
                escaped.append((char) c);
            } else {
                escaped.append(String.format("\\u%04x", c));
            }
        });
        return escaped.toString();
    }

    private static String base64(Bytes bytes) {
        return Base64.getEncoder().encodeToString(bytes.toArray());
    }
}
