package weir.amqp.management;

import weir.core.PartitionStatus;

/**
 * How many messages there are, of one queue or several.
 *
 * @param delayed wait for their time; neither ready nor with anybody
 */
record Counters(long ready, long unacknowledged, long delayed) {
    static final PartitionStatus NOTHING = new PartitionStatus(0, 0, 0, 0, 0, 0);
    static final Counters NONE = of(NOTHING);

    static Counters of(PartitionStatus status) {
        return new Counters(status.ready(), status.leased(), status.delayed());
    }

    Counters plus(Counters other) {
        return new Counters(ready + other.ready, unacknowledged + other.unacknowledged, delayed + other.delayed);
    }

    long messages() {
        return ready + unacknowledged + delayed;
    }

    /** By RabbitMQ's names; how fast they change is not known. */
    void addTo(Facts facts) {
        facts.with("messages", messages())
                .with("messages_details", Rates.NONE)
                .with("messages_ready", ready)
                .with("messages_ready_details", Rates.NONE)
                .with("messages_unacknowledged", unacknowledged)
                .with("messages_unacknowledged_details", Rates.NONE)
                .with("messages_delayed", delayed);
    }
}
