package weir.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeMap;
import weir.core.Limits;
import weir.core.PartitionId;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.PublishOutcome;
import weir.core.shard.Command;
import weir.core.shard.Command.Copies;
import weir.core.shard.Command.Target;
import weir.core.shard.Refusal;
import weir.core.shard.Reply;

/**
 * Splits a fan-out by the shards of its targets, in order, and puts their answers back to where they belong. One shard gets
 * one command, or several if it is more than one may hold. A target in no shard is refused.
 */
final class FanoutPlan {
    /** Where the answer to a part's target belongs. */
    private record Place(int message, int target) {}

    /** One command for a shard. */
    static final class Part {
        final int shard;
        private final List<Copies> copies = new ArrayList<>();
        private final List<Place> places = new ArrayList<>();
        private long payloadBytes;

        private Part(int shard) {
            this.shard = shard;
        }

        Command.Fanout command() {
            return new Command.Fanout(copies);
        }

        private int room() {
            return Limits.FANOUT_TARGETS_MAX - places.size();
        }

        private boolean takes(Copies message) {
            boolean fits = payloadBytes + message.payload().length() <= Limits.MESSAGE_BYTES_MAX;
            return copies.isEmpty() || (fits && room() > 0);
        }

        private void add(int message, Copies shared, List<Integer> indices) {
            payloadBytes += shared.payload().length();
            List<Target> targets = new ArrayList<>(indices.size());
            for (int index : indices) {
                targets.add(shared.targets().get(index));
                places.add(new Place(message, index));
            }
            copies.add(new Copies(shared.level(), shared.format(), shared.payload(), targets, shared.relayed()));
        }
    }

    /** The shard of a partition, if there is one. */
    interface Shards {
        OptionalInt of(PartitionId partition);
    }

    private final List<Copies> messages;
    private final List<Part> parts = new ArrayList<>();
    private final List<List<PublishOutcome>> outcomes = new ArrayList<>();

    FanoutPlan(List<Copies> messages, Shards shards) {
        this.messages = List.copyOf(messages);
        TreeMap<Integer, Part> last = new TreeMap<>();
        for (int message = 0; message < messages.size(); message++) {
            Copies copies = messages.get(message);
            List<PublishOutcome> replies = new ArrayList<>(copies.targets().size());
            TreeMap<Integer, List<Integer>> byShard = new TreeMap<>();
            for (int target = 0; target < copies.targets().size(); target++) {
                replies.add(new PublishOutcome.Refused(Refusal.NO_SUCH_QUEUE)); // Unless a shard says otherwise.
                OptionalInt shard = shards.of(copies.targets().get(target).partition());
                if (shard.isPresent()) {
                    byShard.computeIfAbsent(shard.getAsInt(), _ -> new ArrayList<>())
                            .add(target);
                }
            }
            outcomes.add(replies);
            for (var each : byShard.entrySet()) {
                List<Integer> rest = each.getValue();
                while (!rest.isEmpty()) {
                    Part part = last.get(each.getKey());
                    if (part == null || !part.takes(copies)) {
                        part = new Part(each.getKey());
                        parts.add(part);
                        last.put(each.getKey(), part);
                    }
                    int fit = Math.min(part.room(), rest.size());
                    part.add(message, copies, rest.subList(0, fit));
                    rest = rest.subList(fit, rest.size());
                }
            }
        }
    }

    /** The commands, those of one shard in order. */
    List<Part> parts() {
        return parts;
    }

    void answered(Part part, Reply.FannedOut reply) {
        int next = 0;
        for (List<Reply> each : reply.outcomes()) {
            for (Reply outcome : each) {
                Place place = part.places.get(next++);
                set(place, outcome(messages.get(place.message).targets().get(place.target), outcome));
            }
        }
    }

    /** The shard gave no answer in time, or could not be asked. */
    void unknown(Part part, OutcomeUnknownException cause) {
        part.places.forEach(place -> set(place, new PublishOutcome.Unknown(cause)));
    }

    private void set(Place place, PublishOutcome outcome) {
        outcomes.get(place.message).set(place.target, outcome);
    }

    private static PublishOutcome outcome(Target target, Reply reply) {
        return switch (reply) {
            case Reply.Published(var appended) ->
                appended.isEmpty()
                        ? new PublishOutcome.TakenBefore(target.partition())
                        : new PublishOutcome.Appended(target.partition(), appended.getFirst());
            case Reply.Refused(Refusal reason) -> new PublishOutcome.Refused(reason);
            case Reply.Done _, Reply.FannedOut _, Reply.Acquired _, Reply.Settled _, Reply.TakenIn _ ->
                throw new IllegalStateException("a target of a fan-out was answered with " + reply);
        };
    }

    /** For each message, for each of its targets. */
    List<List<PublishOutcome>> outcomes() {
        return outcomes;
    }
}
