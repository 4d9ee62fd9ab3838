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

    /** How fast they change. */
    record Rates(double messages, double ready, double unacknowledged) {
        static final Rates NONE = new Rates(0, 0, 0);

        Rates plus(Rates other) {
            return new Rates(messages + other.messages, ready + other.ready, unacknowledged + other.unacknowledged);
        }
    }

    /** @param what by which they are known the next time */
    Rates rates(Changing changing, String what) {
        double[] rates = changing.perSecond(what, System.nanoTime(), messages(), ready, unacknowledged);
        return new Rates(rates[0], rates[1], rates[2]);
    }

    /** By RabbitMQ's names. */
    void addTo(Facts facts, Rates rates) {
        facts.with("messages", messages())
                .with("messages_details", Rate.of(rates.messages))
                .with("messages_ready", ready)
                .with("messages_ready_details", Rate.of(rates.ready))
                .with("messages_unacknowledged", unacknowledged)
                .with("messages_unacknowledged_details", Rate.of(rates.unacknowledged))
                .with("messages_delayed", delayed);
    }
}
