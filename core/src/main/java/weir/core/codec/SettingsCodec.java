package weir.core.codec;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import weir.core.DeadLetterPolicy;
import weir.core.DeduplicationScope;
import weir.core.Ordering;
import weir.core.Overflow;
import weir.core.PriorityMode;
import weir.core.QueueSettings;

/** A version byte, then the settings in the order of the record; durations in milliseconds, choices by their ordinal. */
public final class SettingsCodec {
    private static final int VERSION = 1;

    private static final Ordering[] ORDERINGS = Ordering.values();
    private static final Overflow[] OVERFLOWS = Overflow.values();
    private static final DeduplicationScope[] SCOPES = DeduplicationScope.values();
    private static final PriorityMode[] MODES = PriorityMode.values();

    private SettingsCodec() {}

    public static void write(Writer out, QueueSettings settings) {
        out.u8(VERSION)
                .constant(settings.ordering())
                .varint(settings.lease().toMillis())
                .varint(settings.delay().toMillis())
                .varint(settings.retention().toMillis())
                .varint(settings.messageBytesMax())
                .varint(settings.messagesMax())
                .varint(settings.bytesMax())
                .constant(settings.overflow())
                .varint(settings.inFlightMax())
                .constant(settings.deduplicationScope())
                .varint(settings.deduplicationWindow().toMillis())
                .varint(settings.priorityLevels())
                .constant(settings.priorityMode());
        DeadLetterPolicy deadLetter = settings.deadLetter();
        out.bool(deadLetter != null);
        if (deadLetter != null) {
            out.text(deadLetter.queue()).varint(deadLetter.maxAttempts()).bool(deadLetter.onExpiry());
        }
        out.bool(settings.publishPaused()).bool(settings.deliveryPaused());
    }

    /** @throws CorruptDataException if the bytes cannot be settings */
    public static QueueSettings read(Reader in) {
        return Decoding.of("queue's settings", in, SettingsCodec::settings);
    }

    static QueueSettings settings(Reader in) {
        Decoding.version("queue's settings", in, VERSION);
        return new QueueSettings(
                in.constant(ORDERINGS),
                millis(in),
                millis(in),
                millis(in),
                in.count(Integer.MAX_VALUE),
                in.varint(),
                in.varint(),
                in.constant(OVERFLOWS),
                in.count(Integer.MAX_VALUE),
                in.constant(SCOPES),
                millis(in),
                in.count(Integer.MAX_VALUE),
                in.constant(MODES),
                deadLetter(in),
                in.bool(),
                in.bool());
    }

    private static @Nullable DeadLetterPolicy deadLetter(Reader in) {
        return in.bool() ? new DeadLetterPolicy(in.text(), in.count(Integer.MAX_VALUE), in.bool()) : null;
    }

    private static Duration millis(Reader in) {
        return Duration.ofMillis(in.varint());
    }

    /** At least what {@link #write} takes. */
    static long sizeBound(QueueSettings settings) {
        DeadLetterPolicy deadLetter = settings.deadLetter();
        return 17L * Writer.VARINT_BYTES_MAX
                + (deadLetter == null ? 0 : 3L * deadLetter.queue().length());
    }
}
