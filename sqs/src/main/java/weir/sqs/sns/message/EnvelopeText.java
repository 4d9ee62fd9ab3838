package weir.sqs.sns.message;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.JsonStringEncoder;
import weir.core.Message;
import weir.core.Message.Header;

/** Writes the JSON that wraps a message, laid out as AWS lays it out. */
final class EnvelopeText {
    private static final DateTimeFormatter TIMESTAMP = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private static final JsonStringEncoder ESCAPES = JsonStringEncoder.getInstance();

    private final StringBuilder out;

    private EnvelopeText(int capacity) {
        out = new StringBuilder(capacity);
    }

    /**
     * Writes one subscriber's.
     *
     * @param endpoint scheme, host and port by which the reader reaches this server: the links in the text lead there
     */
    static String write(
            Notification notification, Message message, String subscriptionArn, String endpoint, Signing signing) {
        String text = message.body().utf8();
        var json = new EnvelopeText(text.length() + 1024);
        String token = notification.token();
        String timestamp = TIMESTAMP.format(Instant.ofEpochMilli(notification.timestampMillis()));
        String subscribeUrl =
                endpoint + "/?Action=ConfirmSubscription&TopicArn=" + notification.topicArn() + "&Token=" + token;
        json.member("Type", notification.type().wireName());
        json.member("MessageId", notification.messageId());
        json.memberIfPresent("SequenceNumber", notification.sequenceNumber());
        json.memberIfPresent("Token", token);
        json.member("TopicArn", notification.topicArn());
        json.memberIfPresent("Subject", notification.subject());
        json.member("Message", text);
        if (token != null) {
            json.member("SubscribeURL", subscribeUrl);
        }
        json.member("Timestamp", timestamp);
        if (notification.signatureVersion() != Notification.UNSIGNED) {
            String signed = signedText(notification, text, timestamp, subscribeUrl);
            json.member("SignatureVersion", Integer.toString(notification.signatureVersion()));
            json.member("Signature", signing.sign(notification.signatureVersion(), signed));
            json.member("SigningCertURL", endpoint + signing.certificatePath());
        }
        if (notification.type() == Notification.Type.NOTIFICATION) {
            json.member("UnsubscribeURL", endpoint + "/?Action=Unsubscribe&SubscriptionArn=" + subscriptionArn);
        }
        json.attributes(Notification.attributes(message));
        return withoutForbidden(json.out.append("\n}").toString());
    }

    /** JSON may hold these two as they are; the body of an SQS message may not, as no XML can. */
    private static String withoutForbidden(String json) {
        return json.indexOf('\uFFFE') < 0 && json.indexOf('\uFFFF') < 0
                ? json
                : json.replace("\uFFFE", "\\uFFFE").replace("\uFFFF", "\\uFFFF");
    }

    /** What AWS signs: some of the members, by name in alphabetical order, each on two lines. */
    private static String signedText(Notification notification, String text, String timestamp, String subscribeUrl) {
        StringBuilder signed = new StringBuilder(text.length() + 512);
        line(signed, "Message", text);
        line(signed, "MessageId", notification.messageId());
        if (notification.type() == Notification.Type.NOTIFICATION) {
            line(signed, "Subject", notification.subject());
        } else {
            line(signed, "SubscribeURL", subscribeUrl);
        }
        line(signed, "Timestamp", timestamp);
        line(signed, "Token", notification.token());
        line(signed, "TopicArn", notification.topicArn());
        line(signed, "Type", notification.type().wireName());
        return signed.toString();
    }

    private static void line(StringBuilder signed, String name, @Nullable String value) {
        if (value != null) {
            signed.append(name).append('\n').append(value).append('\n');
        }
    }

    private void memberIfPresent(String name, @Nullable String value) {
        if (value != null) {
            member(name, value);
        }
    }

    private void member(String name, String value) {
        name(name).append('"');
        ESCAPES.quoteAsString(value, out);
        out.append('"');
    }

    private StringBuilder name(String name) {
        return out.append(out.isEmpty() ? "{" : ",")
                .append("\n  \"")
                .append(name)
                .append("\" : ");
    }

    private void attributes(List<Header> attributes) {
        if (attributes.isEmpty()) {
            return;
        }
        name("MessageAttributes").append('{');
        String before = "";
        for (Header attribute : attributes) {
            boolean binary = attribute.type().startsWith("Binary");
            String value = binary
                    ? Base64.getEncoder().encodeToString(attribute.value().toArray())
                    : attribute.value().utf8();
            out.append(before).append("\n    \"").append(attribute.name()).append("\" : {\"Type\":\"");
            ESCAPES.quoteAsString(attribute.type(), out);
            out.append("\",\"Value\":\"");
            ESCAPES.quoteAsString(value, out);
            out.append("\"}");
            before = ",";
        }
        out.append("\n  }");
    }
}
