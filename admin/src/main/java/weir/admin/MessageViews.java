package weir.admin;

import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.admin.Wire.HeaderJson;
import weir.admin.Wire.MessageView;
import weir.admin.Wire.OriginView;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.Message;
import weir.core.Origin;
import weir.core.broker.Delivery;
import weir.core.broker.Peeked;
import weir.core.broker.PeekedIn;
import weir.core.codec.CorruptDataException;
import weir.core.codec.Formats;

/**
 * Shows messages. Text where it is text, base64 where it is not.
 *
 * @param formats of all fronts
 */
record MessageViews(Formats formats) {
    MessageView of(Delivery delivery) {
        var leased = delivery.leased();
        return view(
                Names.of(delivery.partition(), leased.lease().position()),
                leased.lease().position().level(),
                null,
                Names.token(delivery.partition(), leased.lease()),
                instant(leased.leasedUntilMillis()),
                leased.attempts(),
                leased.publishedAtMillis(),
                leased.envelope(),
                content(delivery.format(), delivery.payload(), delivery.indexInBatch()),
                Integer.MAX_VALUE);
    }

    MessageView of(PeekedIn seen, int bodyBytesMax) {
        Peeked peeked = seen.message();
        return view(
                Names.of(seen.place()),
                peeked.position().level(),
                SettingsJson.name(peeked.state()),
                null,
                null,
                peeked.attempts(),
                peeked.publishedAtMillis(),
                peeked.envelope(),
                content(peeked.format(), peeked.payload(), peeked.indexInBatch()),
                bodyBytesMax);
    }

    static @Nullable String instant(long millis) {
        return millis == 0 || millis == Envelope.NEVER
                ? null
                : Instant.ofEpochMilli(millis).toString();
    }

    private static MessageView view(
            String position,
            int level,
            @Nullable String state,
            @Nullable String token,
            @Nullable String leasedUntil,
            int attempts,
            long publishedAtMillis,
            Envelope envelope,
            Message message,
            int bodyBytesMax) {
        int bytes = message.body().length();
        Bytes shown = cut(message.body(), bodyBytesMax);
        @Nullable String text = text(shown);
        return new MessageView(
                position,
                state,
                token,
                leasedUntil,
                attempts,
                Instant.ofEpochMilli(publishedAtMillis).toString(),
                instant(envelope.deliverAtMillis()),
                instant(envelope.expiresAtMillis()),
                level,
                envelope.group(),
                envelope.deduplicationId(),
                origin(envelope.origin()),
                message.headers().stream().map(MessageViews::header).toList(),
                bytes,
                shown.length() < bytes ? Boolean.TRUE : null,
                text,
                text == null ? base64(shown) : null);
    }

    /** A payload that cannot be read is shown as it is. */
    private Message content(int format, Bytes payload, int index) {
        try {
            return formats.read(format, payload, index);
        } catch (CorruptDataException _) { // Looking at a broken message is what somebody may want to do here.
            return new Message(List.of(), payload);
        }
    }

    private static HeaderJson header(Message.Header header) {
        @Nullable String text = header.type().startsWith("Binary") ? null : text(header.value());
        return new HeaderJson(header.name(), header.type(), text, text == null ? base64(header.value()) : null);
    }

    private static @Nullable OriginView origin(@Nullable Origin origin) {
        return origin == null
                ? null
                : new OriginView(
                        origin.partition().queue(),
                        Names.of(origin.partition(), origin.position()),
                        origin.from().queue(),
                        SettingsJson.name(origin.reason()));
    }

    /** Up to that many bytes, fewer where the cut would fall into a character. */
    private static Bytes cut(Bytes body, int bytesMax) {
        if (body.length() <= bytesMax) {
            return body;
        }
        int end = bytesMax;
        while (end > bytesMax - 3 && end > 0 && (body.array()[body.offset() + end] & 0xC0) == 0x80) {
            end--;
        }
        return body.slice(0, end);
    }

    private static String base64(Bytes bytes) {
        return Base64.getEncoder().encodeToString(bytes.toArray());
    }

    /** Null if the bytes are not UTF-8. */
    private static @Nullable String text(Bytes bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.buffer()).toString();
        } catch (CharacterCodingException _) { // The answer is null.
            return null;
        }
    }
}
