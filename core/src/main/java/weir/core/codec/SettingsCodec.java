package weir.core.codec;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import weir.core.DeadLetterPolicy;
import weir.core.DeduplicationScope;
import weir.core.Edition;
import weir.core.Ordering;
import weir.core.Overflow;
import weir.core.PriorityMode;
import weir.core.QueueSettings;
import weir.core.Reading;

/**
 * A version byte, then the settings in the order of the record; durations in milliseconds, choices by their ordinal. Settings
 * that the first version can say are written in it.
 */
public final class SettingsCodec {
    private static final int VERSION_1 = 1;

    /** Added which dead letters are kept, leases that outlive their message's expiry, and limits of 0. */
    private static final int VERSION_2 = 2;

    /** Added how it is read. A queue, which is read by lease, is written in an older one. */
    private static final int VERSION = 3;

    private static final Ordering[] ORDERINGS = Ordering.values();
    private static final Overflow[] OVERFLOWS = Overflow.values();
    private static final DeduplicationScope[] SCOPES = DeduplicationScope.values();
    private static final PriorityMode[] MODES = PriorityMode.values();
    private static final Reading[] READINGS = Reading.values();

    private SettingsCodec() {}

    public static void write(Writer out, QueueSettings settings) {
        int version = versionOf(settings);
        out.u8(version)
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
            if (version >= VERSION_2) {
                out.bool(deadLetter.onOverflow()).bool(deadLetter.onRejection());
            }
        }
        out.bool(settings.publishPaused()).bool(settings.deliveryPaused());
        if (version >= VERSION_2) {
            out.bool(settings.leasesOutliveExpiry());
        }
        if (version >= VERSION) {
            out.constant(settings.reading());
        }
    }

    private static int versionOf(QueueSettings settings) {
        if (settings.reading() != Reading.LEASE) {
            return VERSION;
        }
        DeadLetterPolicy deadLetter = settings.deadLetter();
        boolean first = !settings.leasesOutliveExpiry()
                && settings.messagesMax() > 0
                && settings.bytesMax() > 0
                && (deadLetter == null || (deadLetter.onOverflow() && deadLetter.onRejection()));
        return first ? VERSION_1 : VERSION_2;
    }

    /** The first edition whose logs may hold these settings. */
    static int editionOf(QueueSettings settings) {
        return switch (versionOf(settings)) {
            case VERSION_1 -> Edition.FIRST;
            case VERSION_2 -> Edition.ATTENDED;
            default -> Edition.TOPICS;
        };
    }

    /** @throws CorruptDataException if the bytes cannot be settings */
    public static QueueSettings read(Reader in) {
        return Decoding.of("queue's settings", in, SettingsCodec::settings);
    }

    static QueueSettings settings(Reader in) {
        int version = in.u8();
        if (version < VERSION_1 || version > VERSION) {
            throw Decoding.unknownVersion("queue's settings", version);
        }
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
                deadLetter(in, version),
                in.bool(),
                in.bool(),
                version >= VERSION_2 && in.bool(),
                version >= VERSION ? in.constant(READINGS) : Reading.LEASE);
    }

    private static @Nullable DeadLetterPolicy deadLetter(Reader in, int version) {
        if (!in.bool()) {
            return null;
        }
        String queue = in.text();
        int maxAttempts = in.count(Integer.MAX_VALUE);
        boolean onExpiry = in.bool();
        return version < VERSION_2
                ? new DeadLetterPolicy(queue, maxAttempts, onExpiry)
                : new DeadLetterPolicy(queue, maxAttempts, onExpiry, in.bool(), in.bool());
    }

    private static Duration millis(Reader in) {
        return Duration.ofMillis(in.varint());
    }

    /** At least what {@link #write} takes. */
    static long sizeBound(QueueSettings settings) {
        DeadLetterPolicy deadLetter = settings.deadLetter();
        return 19L * Writer.VARINT_BYTES_MAX
                + (deadLetter == null ? 0 : 3L * deadLetter.queue().length());
    }
}
