package weir.sqs.sns.message;

import java.util.List;
import weir.core.Bytes;
import weir.core.Message;
import weir.core.broker.OutcomeUnknownException;

/** Shows a stored message in the form that one subscriber wants. */
public record MessageForms(Signatures signatures) {
    /**
     * The message as it is to be seen.
     *
     * @param variant of the subscriber's copy; 0 for a message that SNS has nothing to do with
     * @param endpoint scheme, host and port by which the reader reaches this server
     * @throws OutcomeUnknownException if the signing key is to be made only now, and no answer came in time
     */
    public Message shown(Message stored, int variant, String endpoint)
            throws OutcomeUnknownException, InterruptedException {
        if (variant == 0) {
            return stored;
        }
        return switch (Form.of(variant)) {
            case Form.Raw() -> new Message(Notification.attributes(stored), stored.body());
            case Form.Enveloped(int index) -> new Message(List.of(), Bytes.utf8(envelope(stored, index, endpoint)));
        };
    }

    private String envelope(Message stored, int index, String endpoint)
            throws OutcomeUnknownException, InterruptedException {
        Notification notification = Notification.in(stored);
        boolean signed = notification.signatureVersion() != Notification.UNSIGNED;
        Signing signing = signed ? signatures.get() : Unsigned.SIGNING;
        return EnvelopeText.write(notification, stored, notification.subscriptionArn(index), endpoint, signing);
    }

    /** For what is not signed. */
    enum Unsigned implements Signing {
        SIGNING;

        @Override
        public String sign(int version, String text) {
            throw new IllegalStateException("this message is not signed");
        }

        @Override
        public String certificatePath() {
            throw new IllegalStateException("this message is not signed");
        }
    }
}
