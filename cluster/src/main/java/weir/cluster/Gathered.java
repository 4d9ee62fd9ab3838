package weir.cluster;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.core.broker.Delivery;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Receipt;
import weir.core.shard.Refusal;

/** What one receive was given so far by several partitions. Used by one thread. */
final class Gathered {
    private final List<Delivery> deliveries = new ArrayList<>();
    private long bytes;
    private boolean tooManyInFlight;
    private boolean answered;
    private @Nullable Refusal refused;
    private @Nullable OutcomeUnknownException unknown;

    void add(Receipt receipt) {
        answered = true;
        switch (receipt) {
            case Receipt.Received(List<Delivery> more, boolean tooMany) -> {
                deliveries.addAll(more);
                for (Delivery delivery : more) {
                    bytes += delivery.payload().length();
                }
                tooManyInFlight |= tooMany;
            }
            case Receipt.Refused(Refusal reason) -> refused = reason;
        }
    }

    void add(OutcomeUnknownException one) {
        unknown = one;
    }

    /** In the order in which they came. */
    List<Delivery> deliveries() {
        return deliveries;
    }

    int size() {
        return deliveries.size();
    }

    /** Payload bytes. */
    long bytes() {
        return bytes;
    }

    boolean isSomething() {
        return !deliveries.isEmpty();
    }

    /** Whether a partition refused, as its queue is gone. */
    boolean isRefused() {
        return refused != null;
    }

    /** Whether there is something for the caller to know at once, though it be no message. */
    boolean isTold() {
        return refused != null || tooManyInFlight;
    }

    /** Whether a shard has answered, be it with nothing. */
    boolean isAnswered() {
        return answered;
    }

    /** Keeps as many as that. Returns the others. */
    List<Delivery> cutTo(int max) {
        if (deliveries.size() <= max) {
            return List.of();
        }
        List<Delivery> rest = deliveries.subList(max, deliveries.size());
        List<Delivery> cut = List.copyOf(rest);
        rest.clear();
        return cut;
    }

    /** Whatever came, and what else did not is not to be known. */
    Receipt receipt() {
        return deliveries.isEmpty() && refused != null
                ? new Receipt.Refused(refused)
                : new Receipt.Received(deliveries, tooManyInFlight);
    }

    /** @throws OutcomeUnknownException if nothing came, and a shard did not answer */
    Receipt receiptOrUnknown() throws OutcomeUnknownException {
        if (unknown != null && deliveries.isEmpty() && !isTold()) {
            throw unknown;
        }
        return receipt();
    }
}
