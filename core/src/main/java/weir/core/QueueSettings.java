package weir.core;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a queue behaves. What only one protocol knows of a queue is not here but in its labels.
 *
 * @param ordering fixed when the queue is created
 * @param lease how long a delivery is held unless the receiver says otherwise; zero to {@link Limits#LEASE_MAX}
 * @param delay how long a message waits before its first delivery unless the publisher says otherwise
 * @param retention how long a message is kept from its publishing
 * @param messageBytesMax the largest payload of one message
 * @param messagesMax ready and delayed messages that the queue holds, 0 and more; {@link #UNLIMITED} for no limit
 * @param bytesMax payload bytes of ready and delayed messages; {@link #UNLIMITED} for no limit
 * @param overflow what a publish beyond either does
 * @param inFlightMax leases out at a time, per partition
 * @param deduplicationScope among which messages a deduplication id is unique
 * @param deduplicationWindow how long an id is remembered from its first publishing
 * @param priorityLevels 1 to 32; level 0 is the highest
 * @param priorityMode how the levels share the deliveries
 * @param deadLetter where messages go that could not be handled; null to redeliver without end
 * @param publishPaused publishes are refused
 * @param deliveryPaused nothing is handed out
 * @param leasesOutliveExpiry whether a message that is leased does not expire before its lease has ended, as RabbitMQ has it;
 *     else its lease ends when it is too old, as SQS has it
 */
public record QueueSettings(
        Ordering ordering,
        Duration lease,
        Duration delay,
        Duration retention,
        int messageBytesMax,
        long messagesMax,
        long bytesMax,
        Overflow overflow,
        int inFlightMax,
        DeduplicationScope deduplicationScope,
        Duration deduplicationWindow,
        int priorityLevels,
        PriorityMode priorityMode,
        @Nullable DeadLetterPolicy deadLetter,
        boolean publishPaused,
        boolean deliveryPaused,
        boolean leasesOutliveExpiry) {
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** A plain queue with SQS's defaults: 30 s leases, four days of retention, 1 MiB messages. */
    public static final QueueSettings DEFAULT = new QueueSettings(
            Ordering.BEST_EFFORT,
            Duration.ofSeconds(30),
            Duration.ZERO,
            Duration.ofDays(4),
            1024 * 1024,
            UNLIMITED,
            UNLIMITED,
            Overflow.REFUSE,
            Limits.IN_FLIGHT_MAX,
            DeduplicationScope.QUEUE,
            Duration.ofMinutes(5),
            1,
            PriorityMode.BOUNDED,
            null,
            false,
            false,
            false);

    /** @throws IllegalArgumentException if a bound is exceeded; fronts check client input before they build one */
    public QueueSettings {
        Check.inRange("lease", lease, Duration.ZERO, Limits.LEASE_MAX);
        Check.inRange("delay", delay, Duration.ZERO, Limits.DELAY_MAX);
        Check.inRange("retention", retention, Duration.ofMillis(1), Limits.RETENTION_MAX);
        Check.inRange("messageBytesMax", messageBytesMax, 1, Limits.MESSAGE_BYTES_MAX);
        Check.atLeast("messagesMax", messagesMax, 0);
        Check.atLeast("bytesMax", bytesMax, 0);
        Check.inRange("inFlightMax", inFlightMax, 1, Limits.IN_FLIGHT_MAX);
        Check.inRange("deduplicationWindow", deduplicationWindow, Duration.ZERO, Limits.DEDUPLICATION_WINDOW_MAX);
        Check.wholeMillis("lease", lease);
        Check.wholeMillis("delay", delay);
        Check.wholeMillis("retention", retention);
        Check.wholeMillis("deduplicationWindow", deduplicationWindow);
        Check.inRange("priorityLevels", priorityLevels, 1, Limits.PRIORITY_LEVELS_MAX);
        if (ordering == Ordering.GROUP && priorityLevels > 1) {
            throw new IllegalArgumentException("a queue has strict order or priorities, not both");
        }
    }

    public Builder change() {
        return new Builder(this);
    }

    /** Collects changes to a settings record. */
    @SuppressWarnings("NullAway.Init")
    public static final class Builder {
        private Ordering ordering;
        private Duration lease;
        private Duration delay;
        private Duration retention;
        private int messageBytesMax;
        private long messagesMax;
        private long bytesMax;
        private Overflow overflow;
        private int inFlightMax;
        private DeduplicationScope deduplicationScope;
        private Duration deduplicationWindow;
        private int priorityLevels;
        private PriorityMode priorityMode;
        private @Nullable DeadLetterPolicy deadLetter;
        private boolean publishPaused;
        private boolean deliveryPaused;
        private boolean leasesOutliveExpiry;

        private Builder(QueueSettings from) {
            ordering = from.ordering;
            lease = from.lease;
            delay = from.delay;
            retention = from.retention;
            messageBytesMax = from.messageBytesMax;
            messagesMax = from.messagesMax;
            bytesMax = from.bytesMax;
            overflow = from.overflow;
            inFlightMax = from.inFlightMax;
            deduplicationScope = from.deduplicationScope;
            deduplicationWindow = from.deduplicationWindow;
            priorityLevels = from.priorityLevels;
            priorityMode = from.priorityMode;
            deadLetter = from.deadLetter;
            publishPaused = from.publishPaused;
            deliveryPaused = from.deliveryPaused;
            leasesOutliveExpiry = from.leasesOutliveExpiry;
        }

        public Builder ordering(Ordering value) {
            ordering = value;
            return this;
        }

        public Builder lease(Duration value) {
            lease = value;
            return this;
        }

        public Builder delay(Duration value) {
            delay = value;
            return this;
        }

        public Builder retention(Duration value) {
            retention = value;
            return this;
        }

        public Builder messageBytesMax(int value) {
            messageBytesMax = value;
            return this;
        }

        public Builder messagesMax(long value) {
            messagesMax = value;
            return this;
        }

        public Builder bytesMax(long value) {
            bytesMax = value;
            return this;
        }

        public Builder overflow(Overflow value) {
            overflow = value;
            return this;
        }

        public Builder inFlightMax(int value) {
            inFlightMax = value;
            return this;
        }

        public Builder deduplicationScope(DeduplicationScope value) {
            deduplicationScope = value;
            return this;
        }

        public Builder deduplicationWindow(Duration value) {
            deduplicationWindow = value;
            return this;
        }

        public Builder priorityLevels(int value) {
            priorityLevels = value;
            return this;
        }

        public Builder priorityMode(PriorityMode value) {
            priorityMode = value;
            return this;
        }

        public Builder deadLetter(@Nullable DeadLetterPolicy value) {
            deadLetter = value;
            return this;
        }

        /** As it is so far. */
        public @Nullable DeadLetterPolicy deadLetter() {
            return deadLetter;
        }

        public Builder publishPaused(boolean value) {
            publishPaused = value;
            return this;
        }

        public Builder deliveryPaused(boolean value) {
            deliveryPaused = value;
            return this;
        }

        public Builder leasesOutliveExpiry(boolean value) {
            leasesOutliveExpiry = value;
            return this;
        }

        public QueueSettings build() {
            return new QueueSettings(
                    ordering,
                    lease,
                    delay,
                    retention,
                    messageBytesMax,
                    messagesMax,
                    bytesMax,
                    overflow,
                    inFlightMax,
                    deduplicationScope,
                    deduplicationWindow,
                    priorityLevels,
                    priorityMode,
                    deadLetter,
                    publishPaused,
                    deliveryPaused,
                    leasesOutliveExpiry);
        }
    }
}
