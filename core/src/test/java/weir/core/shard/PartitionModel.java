package weir.core.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import weir.core.Batch;
import weir.core.DeadLetterPolicy;
import weir.core.DeadLetterReason;
import weir.core.DeduplicationScope;
import weir.core.Envelope;
import weir.core.LeaseId;
import weir.core.MessageState;
import weir.core.Ordering;
import weir.core.Overflow;
import weir.core.PartitionId;
import weir.core.PartitionStatus;
import weir.core.Position;
import weir.core.PriorityMode;
import weir.core.QueueSettings;
import weir.core.shard.Reply.Appended;
import weir.core.shard.Reply.ArrivalOutcome;
import weir.core.shard.Reply.Departure;
import weir.core.shard.Reply.LeaseOutcome;

/**
 * What one partition should be, as simply as it can be said: every message in one map, everything found by looking at all
 * of them. It foretells each reply but an acquire's, of which it checks that it was allowed; and it accepts that a ready
 * message which is too old is noticed late.
 */
final class PartitionModel {
    final PartitionId id;
    final Bounds bounds;
    QueueSettings settings;
    long revision;
    final TreeMap<Position, Message> messages = new TreeMap<>();
    final Ledger ledger;

    private final long[] ends = new long[weir.core.Limits.PRIORITY_LEVELS_MAX];
    private final int[] passedOver = new int[weir.core.Limits.PRIORITY_LEVELS_MAX];
    private final List<Known> published = new ArrayList<>();
    private final Map<Integer, Long> lastArrival = new TreeMap<>();

    private final List<Attempt> attempts = new ArrayList<>();
    private long purgedAt = -1;
    /** Leases or delays ran out since the last look at the machine. In which order decides who made room for whom: not foretold. */
    private boolean becameReady;
    /** What was forwarded here, by source and number, and below which number the sources are done. */
    private final Set<String> relays = new TreeSet<>();

    private final Map<Long, Long> relaySettled = new TreeMap<>();

    /** A receive that can be repeated while none of its messages has changed. By age. */
    private record Attempt(String name, long at, List<Message> messages, List<Integer> changes) {}

    private record Known(String id, @Nullable String group, Position position, long at) {}

    static final class Message {
        final long id;
        final Position position;
        final long baseOffset;
        final long appendedAt;
        final int bytes;
        final Envelope envelope;
        MessageState state = MessageState.READY;
        long until;
        int deliveries;
        int uncounted;
        long leasedAt;
        boolean turnedAway;
        /** Of its state, since it was appended; a lease that starts again is none. */
        int changes;

        /** Null in a departing message if it was told to move. */
        @Nullable
        DeadLetterReason reason;

        @Nullable
        String target;

        Message(long id, Position position, long baseOffset, long appendedAt, int bytes, Envelope envelope) {
            this.id = id;
            this.position = position;
            this.baseOffset = baseOffset;
            this.appendedAt = appendedAt;
            this.bytes = bytes;
            this.envelope = envelope;
        }

        @Override
        public String toString() {
            return "message " + id + " at " + position + ", " + state + " until " + until;
        }

        int attemptsHere() {
            return deliveries - uncounted;
        }

        int attempts() {
            return attemptsHere()
                    + (envelope.origin() == null ? 0 : envelope.origin().attempts());
        }
    }

    PartitionModel(PartitionId id, long revision, QueueSettings settings, Bounds bounds, Ledger ledger) {
        this.id = id;
        this.revision = revision;
        this.settings = settings;
        this.bounds = bounds;
        this.ledger = ledger;
    }

    // ---- What follows from the messages

    private boolean ordered() {
        return settings.ordering() == Ordering.GROUP;
    }

    long expiresAt(Message message) {
        long from = message.envelope.origin() == null || ordered()
                ? message.appendedAt
                : message.envelope.origin().publishedAtMillis();
        long byAge = Math.max(from, message.envelope.deliverAtMillis())
                + settings.retention().toMillis();
        return Math.min(byAge, message.envelope.expiresAtMillis());
    }

    private boolean departsWhenOld(Message message) {
        DeadLetterPolicy policy = settings.deadLetter();
        return policy != null && policy.onExpiry() && !message.turnedAway;
    }

    private boolean departsWhenDropped(Message message) {
        DeadLetterPolicy policy = settings.deadLetter();
        return policy != null && policy.onOverflow() && !message.turnedAway;
    }

    /** What became ready made room, as far as one sweep may. */
    private void checkRoom() {
        boolean bounded = bounds.sweep() < Bounds.USUAL.sweep() || count(MessageState.DEPARTING) >= bounds.departing();
        if (becameReady && dropsOldest() && !bounded && count(MessageState.READY) > 0) {
            Agree.same("room in", id, exceeds(0, 0), false);
        }
        becameReady = false;
    }

    private boolean usedUp(Message message) {
        DeadLetterPolicy policy = settings.deadLetter();
        return policy != null && !message.turnedAway && message.attemptsHere() >= policy.maxAttempts();
    }

    private long count(MessageState state) {
        return messages.values().stream().filter(m -> m.state == state).count();
    }

    private long bytesOf(MessageState... states) {
        return messages.values().stream()
                .filter(m -> Arrays.asList(states).contains(m.state))
                .mapToLong(m -> m.bytes)
                .sum();
    }

    PartitionStatus status() {
        long oldest =
                messages.values().stream().mapToLong(m -> m.appendedAt).min().orElse(0);
        return new PartitionStatus(
                count(MessageState.READY),
                count(MessageState.DELAYED),
                count(MessageState.LEASED),
                count(MessageState.DEPARTING),
                bytesOf(MessageState.values()),
                oldest);
    }

    private boolean exceeds(long moreMessages, long moreBytes) {
        long waiting = count(MessageState.READY) + count(MessageState.DELAYED);
        return waiting > settings.messagesMax() - moreMessages
                || bytesOf(MessageState.READY, MessageState.DELAYED) > settings.bytesMax() - moreBytes;
    }

    /** The messages that an acquire could hand out now, by lane, in their order. */
    Map<String, List<Message>> deliverable(long now) {
        Map<String, List<Message>> lanes = new LinkedHashMap<>();
        if (settings.deliveryPaused()
                || count(MessageState.LEASED) >= settings.inFlightMax()
                || count(MessageState.DEPARTING) >= bounds.departing()) {
            return lanes;
        }
        Map<String, Boolean> blocked = new TreeMap<>();
        for (Message message : messages.values()) {
            String lane = lane(message);
            boolean old = expiresAt(message) <= now;
            boolean stays = message.state == MessageState.READY && !old && !usedUp(message);
            boolean vanishes = message.state == MessageState.READY && old && !departsWhenOld(message);
            if (stays && !blocked.containsKey(lane)) {
                lanes.computeIfAbsent(lane, _ -> new ArrayList<>()).add(message);
            } else if (!vanishes && ordered()) {
                blocked.put(lane, true);
            }
        }
        return lanes;
    }

    private static String lane(Message message) {
        return message.position.level() + "/" + message.envelope.group();
    }

    // ---- Publish

    @Nullable
    Refusal refusalOf(List<Batch> batches, long now) {
        if (settings.publishPaused()) {
            return Refusal.PUBLISH_PAUSED;
        }
        long fresh = 0;
        long size = 0;
        for (Batch batch : batches) {
            int each = batch.payload().length() / batch.count();
            if (each > settings.messageBytesMax() && batch.messages().getFirst().variant() == 0) {
                return Refusal.MESSAGE_TOO_LARGE;
            }
            if (ordered() && batch.messages().stream().anyMatch(e -> e.group() == null)) {
                return Refusal.GROUP_MISSING;
            }
            if (known(batch, now) == null) {
                fresh += batch.count();
                size += (long) each * batch.count();
            }
        }
        if (fresh == 0 || !exceeds(fresh, size)) {
            return null;
        }
        DeadLetterPolicy policy = settings.deadLetter();
        boolean stuck = policy != null && policy.onOverflow() && count(MessageState.DEPARTING) >= bounds.departing();
        return settings.overflow() == Overflow.REFUSE || stuck ? Refusal.QUEUE_FULL : null;
    }

    private @Nullable Known known(Batch batch, long now) {
        Envelope envelope = batch.messages().getFirst();
        if (batch.count() > 1) {
            return null;
        }
        for (Known known : published) {
            boolean same = known.id.equals(envelope.deduplicationId())
                    && (settings.deduplicationScope() == DeduplicationScope.QUEUE
                            || Objects.equals(known.group, envelope.group()));
            if (same && known.at > now - settings.deduplicationWindow().toMillis()) {
                return known;
            }
        }
        return null;
    }

    Reply publish(List<Batch> batches, long now) {
        Refusal refusal = refusalOf(batches, now);
        if (refusal != null) {
            return new Reply.Refused(refusal);
        }
        List<Appended> appended = new ArrayList<>();
        for (Batch batch : batches) {
            Known known = known(batch, now);
            if (known != null) {
                appended.add(new Appended(known.position, known.at, true));
                continue;
            }
            Position position = append(batch, now, -1);
            String deduplicationId = batch.messages().getFirst().deduplicationId();
            if (deduplicationId != null && batch.count() == 1) {
                published.add(
                        new Known(deduplicationId, batch.messages().getFirst().group(), position, now));
            }
            makeRoom();
            appended.add(new Appended(position, now, false));
        }
        return new Reply.Published(appended);
    }

    /**
     * One message of a fan-out.
     *
     * @param full the partitions and groups that this fan-out found full
     */
    Reply copied(Command.Copies copies, Command.Target target, Set<String> full, long now) {
        Command.Relayed relayed = copies.relayed();
        if (relayed != null) {
            relaySettled.computeIfPresent(relayed.source(), (_, settled) -> Math.max(settled, relayed.settledBelow()));
        }
        if (relayed != null && relays.contains(relayed.source() + "/" + relayed.number())) {
            return new Reply.Published(List.of());
        }
        if (relayed != null && relayed.number() < relaySettled.getOrDefault(relayed.source(), 0L)) {
            return new Reply.Published(List.of());
        }
        Batch batch = copies.batchFor(target);
        String group = id + "/" + target.envelope().group();
        Reply reply = full.contains(group) && known(batch, now) == null
                ? new Reply.Refused(Refusal.QUEUE_FULL)
                : publish(List.of(batch), now);
        if (reply.equals(new Reply.Refused(Refusal.QUEUE_FULL)) && ordered()) {
            full.add(group);
        }
        if (relayed != null && reply instanceof Reply.Published) {
            relaySettled.merge(relayed.source(), relayed.settledBelow(), Math::max);
            relays.add(relayed.source() + "/" + relayed.number());
        }
        return reply;
    }

    private Position append(Batch batch, long now, long movedId) {
        int level = Math.min(batch.level(), settings.priorityLevels() - 1);
        long base = ends[level];
        for (Envelope envelope : batch.messages()) {
            Message message = new Message(
                    movedId < 0 ? ledger.published() : movedId,
                    new Position(level, ends[level]++),
                    base,
                    now,
                    batch.payload().length() / batch.count(),
                    envelope);
            message.until = envelope.deliverAtMillis() > 0
                    ? envelope.deliverAtMillis()
                    : now + settings.delay().toMillis();
            message.state = message.until > now ? MessageState.DELAYED : MessageState.READY;
            messages.put(message.position, message);
        }
        return new Position(level, base);
    }

    private void makeRoom() {
        for (int i = 0; i < bounds.sweep() && dropsOldest() && exceeds(0, 0); i++) {
            Message oldest = messages.values().stream()
                    .filter(m -> m.state == MessageState.READY)
                    .min((x, y) -> x.position.level() != y.position.level()
                            ? y.position.level() - x.position.level()
                            : Long.compare(x.position.offset(), y.position.offset()))
                    .orElse(null);
            if (oldest == null) {
                return;
            }
            if (oldest.turnedAway) {
                remove(oldest, Ledger.Fate.DROPPED);
            } else {
                leave(oldest, DeadLetterReason.OVERFLOW);
            }
        }
    }

    /** Leases were ended, and what was given back by it makes room. */
    void takenBack() {
        if (count(MessageState.DEPARTING) < bounds.departing()) {
            makeRoom();
        }
    }

    private boolean dropsOldest() {
        return settings.overflow() == Overflow.DROP_OLDEST;
    }

    ArrivalOutcome takeIn(int source, long number, Batch batch, long movedId, long now) {
        if (number <= lastArrival.getOrDefault(source, 0L)) {
            throw new IllegalArgumentException("only the first sending can be foretold");
        }
        lastArrival.put(source, number);
        if (refusalOf(List.of(batch), now) != null) {
            return ArrivalOutcome.REFUSED;
        }
        append(batch, now, movedId);
        makeRoom();
        return ArrivalOutcome.TAKEN;
    }

    boolean answered(int source, long number) {
        return number <= lastArrival.getOrDefault(source, 0L);
    }

    // ---- Acquire

    void acquired(Command.Acquire command, Reply.Acquired reply, long now, boolean continues) {
        long leaseMillis = command.leaseMillis() < 0 ? settings.lease().toMillis() : command.leaseMillis();
        Attempt attempt = settings.deliveryPaused() ? null : find(command, now);
        if (attempt != null) {
            repeated(attempt, reply, now + leaseMillis, leaseMillis == 0);
            return;
        }
        long max = Math.min(command.maxMessages(), settings.inFlightMax() - count(MessageState.LEASED));
        Map<String, List<Message>> lanes = deliverable(now);
        boolean roomy = hidesNothing();
        assertThat((long) reply.leased().size()).as("messages acquired").isLessThanOrEqualTo(Math.max(0, max));
        List<Message> taken = new ArrayList<>();
        List<String> left = new ArrayList<>();
        String lane = "";
        for (Reply.Leased leased : reply.leased()) {
            Message message = messages.get(leased.lease().position());
            assertThat(message).as("handed out %s", leased).isNotNull();
            Objects.requireNonNull(message);
            List<Message> ofLane = lanes.getOrDefault(lane(message), List.of());
            assertThat(ofLane).as("deliverable in the lane of %s", leased).isNotEmpty();
            assertThat(ofLane.getFirst().position)
                    .as("next of lane %s", lane(message))
                    .isEqualTo(message.position);
            if (ordered() && !lane(message).equals(lane)) {
                assertThat(!roomy || !left.contains(lane(message)))
                        .as("%s was not served before", lane(message))
                        .isTrue();
                assertThat(!roomy || !lanes.containsKey(lane))
                        .as("%s was served whole before %s", lane, lane(message))
                        .isTrue();
                left.add(lane);
                lane = lane(message);
            }
            if (roomy && !ordered()) {
                checkFair(message, lanes.keySet(), taken);
            }
            ofLane.removeFirst();
            if (ofLane.isEmpty()) {
                lanes.remove(lane(message));
            }
            if (roomy) {
                dispatched(message.position.level(), lanes);
            }
            taken.add(message);
        }
        for (int i = 0; i < taken.size(); i++) {
            Message message = taken.get(i);
            message.deliveries++;
            message.changes++;
            message.turnedAway = false;
            message.leasedAt = now;
            message.until = now + leaseMillis;
            message.state = leaseMillis == 0 ? MessageState.READY : MessageState.LEASED;
            Reply.Leased leased = reply.leased().get(i);
            assertThat(leased.lease()).isEqualTo(new LeaseId(message.position, message.deliveries));
            assertThat(leased.envelope()).isEqualTo(message.envelope);
            assertThat(leased.attempts()).isEqualTo(message.attempts());
            assertThat(leased.baseOffset()).isEqualTo(message.baseOffset);
            assertThat(leased.leasedUntilMillis()).isEqualTo(message.until);
        }
        if (command.attempt() != null && !taken.isEmpty() && leaseMillis > 0) {
            remember(command.attempt(), taken, now);
        }
        if (taken.size() < max && !lanes.isEmpty() && !continues) {
            fail("%s was not handed out though there was room for %d", lanes.keySet(), max - taken.size());
        }
    }

    /** Whether no bound keeps a message from being seen. */
    private boolean hidesNothing() {
        return bounds.readAhead() == Bounds.USUAL.readAhead()
                && bounds.laneReadAhead() == Bounds.USUAL.laneReadAhead()
                && bounds.look() == Bounds.USUAL.look()
                && bounds.departing() == Bounds.USUAL.departing();
    }

    /** A noisy tenant is served only if no quiet one has anything, and then the one with the fewest leases. */
    private void checkFair(Message served, Set<String> lanes, List<Message> taken) {
        if (!isNoisy(lane(served), taken)) {
            return;
        }
        for (String other : lanes) {
            if (other.startsWith(served.position.level() + "/")) {
                assertThat(isNoisy(other, taken))
                        .as("%s is quiet, and %s was served", other, served)
                        .isTrue();
                assertThat(out(other, taken))
                        .as("leases of %s, while %s was served", other, served)
                        .isGreaterThanOrEqualTo(out(lane(served), taken));
            }
        }
    }

    private boolean isNoisy(String lane, List<Message> taken) {
        long all = count(MessageState.LEASED) + taken.size();
        long own = out(lane, taken);
        return !lane.endsWith("/null") && own >= bounds.noisyLeases() && own > all / 10.0;
    }

    private long out(String lane, List<Message> taken) {
        return messages.values().stream()
                .filter(m -> lane(m).equals(lane) && (m.state == MessageState.LEASED || taken.contains(m)))
                .count();
    }

    private @Nullable Attempt find(Command.Acquire command, long now) {
        attempts.removeIf(attempt -> !stands(attempt) || now - attempt.at >= 300_000);
        return attempts.stream()
                .filter(attempt ->
                        attempt.name.equals(command.attempt()) && attempt.messages.size() <= command.maxMessages())
                .findFirst()
                .orElse(null);
    }

    private boolean stands(Attempt attempt) {
        return messages.values().containsAll(attempt.messages)
                && attempt.messages.stream().map(m -> m.changes).toList().equals(attempt.changes);
    }

    private void repeated(Attempt attempt, Reply.Acquired reply, long until, boolean ends) {
        List<LeaseId> leases = attempt.messages.stream()
                .map(m -> new LeaseId(m.position, m.deliveries))
                .toList();
        assertThat(reply.leased().stream().map(Reply.Leased::lease).toList())
                .as("what %s is given again", attempt.name)
                .isEqualTo(leases);
        assertThat(reply.tooManyInFlight()).isFalse();
        for (int i = 0; i < leases.size(); i++) {
            Message message = attempt.messages.get(i);
            assertThat(reply.leased().get(i).leasedUntilMillis()).isEqualTo(until);
            assertThat(reply.leased().get(i).attempts()).isEqualTo(message.attempts());
            assertThat(reply.leased().get(i).envelope()).isEqualTo(message.envelope);
            assertThat(reply.leased().get(i).baseOffset()).isEqualTo(message.baseOffset);
            message.until = until;
            if (ends) {
                message.state = MessageState.READY;
                message.changes++;
            }
        }
        takenBack();
    }

    private void remember(String name, List<Message> taken, long now) {
        attempts.removeIf(attempt -> !stands(attempt) || attempt.name.equals(name) || now - attempt.at >= 300_000);
        while (attempts.size() >= bounds.attempts()) {
            attempts.removeFirst();
        }
        attempts.add(
                new Attempt(name, now, taken, taken.stream().map(m -> m.changes).toList()));
    }

    private void dispatched(int level, Map<String, List<Message>> left) {
        for (int p = 0; p < passedOver.length; p++) {
            String prefix = p + "/";
            boolean waits = left.keySet().stream().anyMatch(lane -> lane.startsWith(prefix));
            if (waits && p < level && settings.priorityMode() == PriorityMode.STRICT) {
                fail("level %d was handed out before %d", level, p);
            }
            passedOver[p] = waits && p != level ? passedOver[p] + 1 : 0;
            if (settings.priorityMode() == PriorityMode.BOUNDED && p > 0) {
                assertThat(passedOver[p])
                        .as("times that level %d was passed over", p)
                        .isLessThanOrEqualTo(BoundedBypass.bound(p, Math.max(p + 1, settings.priorityLevels())));
            }
        }
    }

    // ---- What becomes of a lease

    LeaseOutcome onLease(
            LeaseId lease, boolean evenIfExpired, java.util.function.Function<Message, LeaseOutcome> action) {
        Message message = messages.get(lease.position());
        if (message == null || (message.state == MessageState.DEPARTING && lease.delivery() == message.deliveries)) {
            return LeaseOutcome.GONE;
        }
        if (lease.delivery() != message.deliveries) {
            return lease.delivery() > message.deliveries ? LeaseOutcome.GONE : LeaseOutcome.SUPERSEDED;
        }
        return message.state == MessageState.LEASED || evenIfExpired ? action.apply(message) : LeaseOutcome.EXPIRED;
    }

    LeaseOutcome acknowledge(Message message) {
        remove(message, Ledger.Fate.ACKNOWLEDGED);
        return LeaseOutcome.DONE;
    }

    LeaseOutcome extend(Message message, long leaseMillis, long heldMillisMax, long now) {
        if (now + leaseMillis - message.leasedAt > heldMillisMax) {
            return LeaseOutcome.HELD_TOO_LONG;
        }
        message.changes++;
        message.until = now + leaseMillis;
        message.state = leaseMillis == 0 ? MessageState.READY : MessageState.LEASED;
        return LeaseOutcome.DONE;
    }

    LeaseOutcome release(Message message, long delayMillis, boolean counted, long now) {
        message.changes++;
        message.uncounted += counted ? 0 : 1;
        if (counted && usedUp(message)) {
            leave(message, DeadLetterReason.TOO_MANY_ATTEMPTS);
            return LeaseOutcome.DONE;
        }
        message.until = now + delayMillis;
        message.state = delayMillis == 0 ? MessageState.READY : MessageState.DELAYED;
        return LeaseOutcome.DONE;
    }

    LeaseOutcome reject(Message message) {
        leave(message, DeadLetterReason.REJECTED);
        return LeaseOutcome.DONE;
    }

    LeaseOutcome move(Message message, String target) {
        depart(message, target, null);
        return LeaseOutcome.DONE;
    }

    LeaseOutcome cancel(Position position) {
        Message message = messages.get(position);
        if (message == null || message.state != MessageState.DELAYED) {
            return LeaseOutcome.GONE;
        }
        remove(message, Ledger.Fate.DROPPED);
        return LeaseOutcome.DONE;
    }

    /** A few that are there, and one that may be twice among them. */
    List<Position> somePositions(int from, int step) {
        List<Position> all = List.copyOf(messages.keySet());
        List<Position> some = new ArrayList<>();
        for (int i = 0; i < 4 && !all.isEmpty(); i++) {
            some.add(all.get((from + i * step) % all.size()));
        }
        return some;
    }

    private void depart(Message message, String target, @Nullable DeadLetterReason reason) {
        message.changes++;
        message.state = MessageState.DEPARTING;
        message.reason = reason;
        message.target = target;
    }

    private void leave(Message message, DeadLetterReason reason) {
        DeadLetterPolicy policy = settings.deadLetter();
        if (policy == null || !policy.takes(reason)) {
            remove(message, Ledger.Fate.DROPPED);
        } else {
            depart(message, policy.queue(), reason);
        }
    }

    private void remove(Message message, Ledger.Fate fate) {
        messages.remove(message.position);
        ledger.ended(message.id, fate);
    }

    // ---- Departures

    void departed(Position position) {
        if (messages.remove(position) == null) {
            throw new IllegalArgumentException("nothing departed at " + position);
        }
    }

    void turnedAway(Position position) {
        Message message = Objects.requireNonNull(messages.get(position));
        message.changes++;
        message.state = MessageState.READY;
        if (message.reason == null) {
            message.uncounted++;
        } else {
            message.turnedAway = true;
        }
        makeRoom();
    }

    // ---- Time and settings

    void timePassed(long now) {
        for (Message message : List.copyOf(messages.values())) {
            if (message.state == MessageState.LEASED || message.state == MessageState.DELAYED) {
                boolean kept = message.state == MessageState.LEASED && settings.leasesOutliveExpiry();
                if (expiresAt(message) <= now && !(kept && message.until > now)) {
                    if (departsWhenOld(message)) {
                        leave(message, DeadLetterReason.EXPIRED);
                    } else {
                        remove(message, Ledger.Fate.EXPIRED);
                    }
                } else if (message.until <= now) {
                    becameReady = true;
                    message.changes++;
                    message.state = MessageState.READY;
                }
            }
        }
    }

    void configure(long newRevision, QueueSettings newSettings) {
        if (newRevision <= revision) {
            return;
        }
        boolean otherDelay = !newSettings.delay().equals(settings.delay());
        revision = newRevision;
        settings = newSettings;
        Arrays.fill(passedOver, 0);
        for (Message message : messages.values()) {
            boolean byQueue = message.state == MessageState.DELAYED
                    && message.deliveries == 0
                    && message.envelope.deliverAtMillis() == 0;
            if (byQueue && otherDelay && ordered()) {
                message.until = message.appendedAt + settings.delay().toMillis();
            }
        }
        makeRoom();
    }

    Reply purge(long restMillis, long now) {
        if (purgedAt >= 0 && now < purgedAt + restMillis) {
            return new Reply.Refused(Refusal.PURGED_RECENTLY);
        }
        purgedAt = now;
        clear();
        return new Reply.Done();
    }

    void clear() {
        for (Message message : messages.values()) {
            ledger.ended(message.id, Ledger.Fate.PURGED);
        }
        messages.clear();
        published.clear();
    }

    // ---- Against the machine

    /**
     * Holds the machine's state against this one, and follows it where it had a choice: messages that are too old, or
     * were handed out too often, are noticed when it gets to them.
     */
    void observe(List<Seen> peeked, List<Departure> departures, long now, boolean afterAcquire) {
        Map<Position, Seen> found = new TreeMap<>();
        peeked.forEach(seen -> found.put(seen.position(), seen));
        Agree.same("messages peeked", id, peeked.size(), found.size());
        Map<Position, Departure> leaving = new TreeMap<>();
        departures.stream().filter(d -> d.from().equals(id)).forEach(d -> leaving.put(d.position(), d));
        for (Message message : List.copyOf(messages.values())) {
            Seen seen = found.remove(message.position);
            Departure departure = leaving.remove(message.position);
            boolean old = expiresAt(message) <= now;
            if (seen == null) {
                boolean expired = old && !departsWhenOld(message);
                boolean dropped = becameReady && dropsOldest() && !departsWhenDropped(message);
                boolean allowed = message.state == MessageState.READY && (expired || dropped);
                Agree.same("vanishing of", message, allowed, true);
                remove(message, expired ? Ledger.Fate.EXPIRED : Ledger.Fate.DROPPED);
                continue;
            }
            if (message.state == MessageState.READY && seen.state() == MessageState.DEPARTING) {
                DeadLetterReason reason =
                        Objects.requireNonNull(Objects.requireNonNull(departure).reason());
                boolean allowed =
                        switch (reason) {
                            case EXPIRED -> old && departsWhenOld(message);
                            case TOO_MANY_ATTEMPTS -> afterAcquire && !old && usedUp(message);
                            case OVERFLOW -> becameReady && dropsOldest() && departsWhenDropped(message);
                            case REJECTED -> false;
                        };
                Agree.same(reason + " as reason to leave of", message, allowed, true);
                leave(message, reason);
            }
            Agree.same("state of", message, seen.state(), message.state);
            Agree.same("attempts of", message, seen.attempts(), message.attempts());
            Agree.same("batch of", message, seen.baseOffset(), message.baseOffset);
            Agree.same("envelope of", message, seen.envelope(), message.envelope);
            if (message.state == MessageState.DEPARTING) {
                Objects.requireNonNull(departure, "a departing message is listed");
                Agree.same("reason of", message, departure.reason(), message.reason);
                Agree.same("target of", message, departure.target(), message.target);
                Agree.same("attempts of", message, departure.attempts(), message.attempts());
            } else {
                Agree.same("departure of", message, departure, null);
            }
        }
        checkRoom();
        Agree.same("messages that should not be in", id, found.size(), 0);
        Agree.same("departures that should not be of", id, leaving.size(), 0);
    }
}
