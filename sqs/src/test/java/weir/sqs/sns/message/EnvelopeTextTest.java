package weir.sqs.sns.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import weir.core.Bytes;
import weir.core.Message;
import weir.core.Message.Header;
import weir.sqs.action.Text;

/** The envelope, laid out and signed as AWS does it. */
class EnvelopeTextTest {
    private static final String TOPIC = "arn:aws:sns:us-east-1:000000000000:news";
    private static final String SUBSCRIPTION = "00000000-0000-4000-8000-000000000001";
    private static final String ENDPOINT = "http://127.0.0.1:9324";
    private static final Instant NOW = Instant.parse("2026-11-22T20:18:26.123Z");
    private static final SigningKey KEY = SigningKey.generate(NOW);

    /** Gives back what it is to sign. */
    private static final Signing SHOWN = new Signing() {
        @Override
        public String sign(int version, String text) {
            return "<" + version + ":" + text + ">";
        }

        @Override
        public String certificatePath() {
            return "/key.pem";
        }
    };

    private static Notification notification(
            int signatureVersion, @Nullable String sequence, @Nullable String subject) {
        return new Notification(
                        Notification.Type.NOTIFICATION,
                        TOPIC,
                        "id-1",
                        NOW.toEpochMilli(),
                        sequence,
                        subject,
                        signatureVersion,
                        ENDPOINT,
                        null,
                        Bytes.EMPTY)
                .withSubscriptions(List.of("00000000-0000-4000-8000-000000000000", SUBSCRIPTION));
    }

    private static Message message(Notification notification, String text, Header... attributes) {
        List<Header> headers = new ArrayList<>(List.of(attributes));
        headers.add(notification.header());
        return new Message(headers, Bytes.utf8(text));
    }

    private static String write(Message message, Signing signing) {
        Notification notification = Notification.in(message);
        return EnvelopeText.write(notification, message, notification.subscriptionArn(1), ENDPOINT, signing);
    }

    @Test
    void notificationIsLaidOutAsAwsLaysItOut() {
        Message message = message(
                notification(1, null, "Hi"),
                "say \"öß\"\n",
                new Header("b", "Binary", Bytes.of(new byte[] {2, 3, 4})),
                new Header("n", "Number", Bytes.utf8("100.12")));
        assertThat(write(message, SHOWN)).isEqualTo("""
                {
                  "Type" : "Notification",
                  "MessageId" : "id-1",
                  "TopicArn" : "arn:aws:sns:us-east-1:000000000000:news",
                  "Subject" : "Hi",
                  "Message" : "say \\"öß\\"\\n",
                  "Timestamp" : "2026-11-22T20:18:26.123Z",
                  "SignatureVersion" : "1",
                  "Signature" : "<1:Message\\nsay \\"öß\\"\\n\\nMessageId\\nid-1\\nSubject\\nHi\\nTimestamp\\n\
                2026-11-22T20:18:26.123Z\\nTopicArn\\narn:aws:sns:us-east-1:000000000000:news\\nType\\nNotification\\n>",
                  "SigningCertURL" : "http://127.0.0.1:9324/key.pem",
                  "UnsubscribeURL" : "http://127.0.0.1:9324/?Action=Unsubscribe&SubscriptionArn=\
                arn:aws:sns:us-east-1:000000000000:news:00000000-0000-4000-8000-000000000001",
                  "MessageAttributes" : {
                    "b" : {"Type":"Binary","Value":"AgME"},
                    "n" : {"Type":"Number","Value":"100.12"}
                  }
                }""");
    }

    @Test
    void fifoTopicsHaveASequenceNumberAndNoSignature() {
        Message message = message(notification(Notification.UNSIGNED, "10000000000000000007", null), "x");
        assertThat(write(message, MessageForms.Unsigned.SIGNING)).isEqualTo("""
                {
                  "Type" : "Notification",
                  "MessageId" : "id-1",
                  "SequenceNumber" : "10000000000000000007",
                  "TopicArn" : "arn:aws:sns:us-east-1:000000000000:news",
                  "Message" : "x",
                  "Timestamp" : "2026-11-22T20:18:26.123Z",
                  "UnsubscribeURL" : "http://127.0.0.1:9324/?Action=Unsubscribe&SubscriptionArn=\
                arn:aws:sns:us-east-1:000000000000:news:00000000-0000-4000-8000-000000000001"
                }""");
    }

    @Test
    void envelopeIsABodyThatSqsAllows() {
        Message message = message(
                notification(1, null, null), "a\uFFFE\u0001", new Header("n", "String.\uFFFF", Bytes.utf8("\uFFFF")));
        String text = write(message, KEY);
        assertThat(Text.isAllowed(text)).isTrue();
        JsonNode envelope = JsonMapper.shared().readTree(text);
        assertThat(envelope.get("Message").asString()).isEqualTo("a\uFFFE\u0001");
        assertThat(envelope.at("/MessageAttributes/n/Type").asString()).isEqualTo("String.\uFFFF");
        assertThat(envelope.at("/MessageAttributes/n/Value").asString()).isEqualTo("\uFFFF");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void signatureIsGoodForTheServedCertificate(int version) throws Exception {
        JsonNode envelope =
                JsonMapper.shared().readTree(write(message(notification(version, null, null), "text"), KEY));
        X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(KEY.certificate().getBytes(StandardCharsets.US_ASCII)));
        certificate.verify(certificate.getPublicKey());
        certificate.checkValidity(Date.from(NOW));
        Signature signature = Signature.getInstance(version == 1 ? "SHA1withRSA" : "SHA256withRSA");
        signature.initVerify(certificate);
        String signed = "Message\ntext\nMessageId\nid-1\nTimestamp\n2026-11-22T20:18:26.123Z\nTopicArn\n" + TOPIC
                + "\nType\nNotification\n";
        signature.update(signed.getBytes(StandardCharsets.UTF_8));
        assertThat(signature.verify(
                        Base64.getDecoder().decode(envelope.get("Signature").asString())))
                .isTrue();
        assertThat(envelope.get("SigningCertURL").asString())
                .matches(ENDPOINT + "/SimpleNotificationService-[0-9a-f]{32}\\.pem");
    }

    @Test
    void keyIsTheSameAfterItWasKept() {
        SigningKey kept = SigningKey.of(KEY.definition());
        assertThat(kept).isEqualTo(KEY);
        assertThat(kept.sign(2, "x")).isEqualTo(KEY.sign(2, "x"));
    }

    @Test
    void sizeOfAnEnvelopeIsKnownBeforeItIsWritten() {
        Message message = message(notification(1, null, "Hi"), "é\u0001".repeat(5_000));
        String text = write(message, KEY);
        int bytes = Bytes.utf8(text).length();
        assertThat(MessageSizes.envelopeFits(Notification.in(message), message, bytes))
                .isTrue();
        assertThat(MessageSizes.envelopeFits(Notification.in(message), message, bytes - 1))
                .isFalse();
        assertThat(MessageSizes.envelopeFits(Notification.in(message), message, 1024 * 1024))
                .isTrue();
    }
}
