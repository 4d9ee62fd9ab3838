package weir.cluster.shard;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.DeadLetterPolicy;
import weir.core.Envelope;
import weir.core.LeaseId;
import weir.core.Limits;
import weir.core.MessageState;
import weir.core.Ordering;
import weir.core.Overflow;
import weir.core.PartitionId;
import weir.core.PartitionStatus;
import weir.core.Position;
import weir.core.QueueSettings;
import weir.core.shard.Command;
import weir.core.shard.Reply;
import weir.core.shard.Reply.Appended;
import weir.core.shard.Reply.ArrivalOutcome;
import weir.core.shard.Reply.LeaseOutcome;
import weir.core.shard.Seen;

/**
 * What was acknowledged about one partition, learned from commands and replies alone. It does not foretell replies; it
 * holds them, and what is found in the partition, against what was promised before.
 */
final class Account {
    final PartitionId id;
    private final NavigableMap<Position, Kept> kept = new TreeMap<>();
    private final Map<Position, String> published = new HashMap<>();
    private final Map<String, ArrivalOutcome> arrivals = new HashMap<>();
    private final Map<Integer, Long> settledBelow = new HashMap<>();
    private final long[] ends = new long[Limits.PRIORITY_LEVELS_MAX];
    private final List<Reply.Acquired> acquired = new ArrayList<>();
    /** What was given last under each name. */
    private final Map<String, List<LeaseId>> attempts = new HashMap<>();

    private QueueSettings settings;
    /** In force before the entry that is being looked at. */
    private QueueSettings before;

    private long revision;
    private long now;

    Account(PartitionId id, QueueSettings settings, long revision) {
        this.id = id;
        this.settings = settings;
        this.before = settings;
        this.revision = revision;
    }

    Iterable<Kept> kept() {
        return kept.values();
    }

    boolean isEmpty() {
        return kept.isEmpty();
    }

    QueueSettings settings() {
        return settings;
    }

    long revision() {
        return revision;
    }

    Kept get(Position position) {
        return Objects.requireNonNull(kept.get(position), () -> "nothing is at " + position + " of " + id);
    }

    // ---- What was answered

    void beginEntry(long at) {
        now = at;
        before = settings;
        acquired.clear();
    }

    void configure(Command.Configure command) {
        if (command.revision() > revision) {
            revision = command.revision();
            settings = command.settings();
        }
    }

    void purge() {
        kept.clear();
        published.clear();
    }

    void published(List<Batch> batches, Reply reply) {
        if (!(reply instanceof Reply.Published(var appended))) {
            return;
        }
        for (int i = 0; i < appended.size(); i++) {
            Batch batch = batches.get(i);
            String deduplicationId = batch.messages().getFirst().deduplicationId();
            Appended one = appended.get(i);
            if (one.duplicate()) {
                expect(published.get(one.position()), deduplicationId, "the first publishing at", one.position());
                continue;
            }
            append(batch, one.position());
            if (deduplicationId != null && batch.count() == 1) {
                published.put(one.position(), deduplicationId);
            }
        }
    }

    private void append(Batch batch, Position position) {
        int level = Math.min(batch.level(), settings.priorityLevels() - 1);
        expect(position, new Position(level, ends[level]), "the next position of", id);
        long first = MessagePayload.idOf(batch.payload());
        Bytes whole = MessagePayload.of(first, batch.payload().length() - Long.BYTES);
        expect(batch.payload(), whole, "the payload that arrived at", position);
        for (int i = 0; i < batch.count(); i++) {
            Position at = new Position(level, ends[level]++);
            int copy = batch.messages().get(i).variant(); // Of a payload that many queues share.
            kept.put(
                    at,
                    new Kept(
                            first + i + copy,
                            at,
                            position.offset(),
                            batch.count(),
                            batch.payload(),
                            batch.messages().get(i),
                            now));
        }
    }

    void takenIn(Command.TakeIn command, Command.Arrival arrival, ArrivalOutcome outcome) {
        settledBelow.merge(command.source(), command.settledBelow(), Math::max);
        String key = command.source() + "/" + arrival.number();
        ArrivalOutcome first = arrivals.putIfAbsent(key, outcome);
        if (first != null) {
            boolean matters = arrival.number() >= settledBelow.getOrDefault(command.source(), 0L);
            expect(matters ? outcome : first, first, "the repeated answer to", arrival);
        } else if (outcome == ArrivalOutcome.TAKEN) {
            int level = Math.min(arrival.batch().level(), settings.priorityLevels() - 1);
            append(arrival.batch(), new Position(level, ends[level]));
        }
    }

    void leased(Command.Acquire command, Reply.Acquired reply) {
        boolean again = command.attempt() != null
                && !reply.leased().isEmpty()
                && isLast(reply.leased().getFirst().lease());
        if (again) {
            leasedAgain(Objects.requireNonNull(command.attempt()), reply);
        } else {
            leased(reply);
            if (command.attempt() != null && !reply.leased().isEmpty()) {
                attempts.put(command.attempt(), leases(reply));
            }
        }
        acquired.add(reply);
    }

    private boolean isLast(LeaseId lease) {
        return lease.delivery() == get(lease.position()).deliveries;
    }

    /** The same as before under that name, and all of it held until now. */
    private void leasedAgain(String attempt, Reply.Acquired reply) {
        expect(leases(reply), attempts.get(attempt), "what was given again under the name", attempt);
        for (Reply.Leased leased : reply.leased()) {
            Kept message = get(leased.lease().position());
            expect(message.isLeased(now), true, "the lease that is given again of", message);
            expect(leased.attempts(), message.attempts(), "the attempts of", message);
            message.leasedUntil = leased.leasedUntilMillis();
        }
    }

    private static List<LeaseId> leases(Reply.Acquired reply) {
        return reply.leased().stream().map(Reply.Leased::lease).toList();
    }

    private void leased(Reply.Acquired reply) {
        for (Reply.Leased leased : reply.leased()) {
            Kept message = get(leased.lease().position());
            expect(message.isLeased(now), false, "a second lease of", message);
            expect(message.notBefore <= now, true, "the time having come for", message);
            expect(message.departing, false, "the departure of the leased", message);
            expect(leased.lease().delivery(), ++message.deliveries, "the delivery of", message);
            expect(leased.attempts(), message.attempts(), "the attempts of", message);
            expect(leased.envelope(), message.envelope, "the envelope of", message);
            expect(leased.baseOffset(), message.baseOffset, "the batch of", message);
            message.leasedUntil = leased.leasedUntilMillis();
            message.notBefore = 0;
            message.turnedAway = false;
        }
    }

    /** Called for each lease named by a command, before what became of it is noted. True if it did. */
    boolean settled(LeaseId lease, LeaseOutcome outcome, boolean evenIfExpired) {
        Kept message = kept.get(lease.position());
        boolean isLast = message != null && lease.delivery() == message.deliveries;
        boolean holds = message != null && isLast && message.isLeased(now);
        boolean tooOld = message != null && isTooOld(message);
        switch (outcome) {
            case DONE -> expect(holds || (isLast && evenIfExpired), true, "the force of " + lease + " over", id);
            case EXPIRED, GONE -> expect(holds && !tooOld, false, "an end too early of " + lease + " in", id);
            case SUPERSEDED -> expect(isLast, false, "the last lease being stale, " + lease + " of", id);
            case HELD_TOO_LONG -> expect(isLast, true, "the force of " + lease + " over", id);
        }
        return outcome == LeaseOutcome.DONE;
    }

    void acknowledged(LeaseId lease) {
        kept.remove(lease.position());
    }

    void extended(LeaseId lease, long leaseMillis) {
        Kept message = get(lease.position());
        message.leasedUntil = now + leaseMillis;
        message.notBefore = 0;
    }

    void released(LeaseId lease, long delayMillis, boolean counted) {
        Kept message = get(lease.position());
        message.leasedUntil = 0;
        message.notBefore = now + delayMillis;
        message.uncounted += counted ? 0 : 1;
    }

    void rejected(LeaseId lease) {
        Kept message = get(lease.position());
        message.leasedUntil = 0;
        if (settings.deadLetter() == null) {
            kept.remove(lease.position());
        }
    }

    void cancelled(Position position) {
        Kept message = kept.remove(position);
        expect(message != null && !message.isLeased(now), true, "whether there was something to cancel at", position);
    }

    void moved(LeaseId lease) {
        Kept message = get(lease.position());
        message.leasedUntil = 0;
        message.moving = true;
    }

    void arrivedElsewhere(Position position) {
        kept.remove(position);
    }

    void turnedAway(Position position) {
        Kept message = kept.get(position);
        if (message != null) {
            message.turnedAway |= !message.moving;
            message.uncounted += message.moving ? 1 : 0;
            message.moving = false;
            message.departing = false;
        }
    }

    // ---- What is found

    /** Holds everything that is in the partition against what should be. */
    void observe(List<Seen> found, List<Bytes> payloads, Set<Position> departing, PartitionStatus status) {
        TreeSet<Position> seen = new TreeSet<>();
        Map<MessageState, Long> states = new EnumMap<>(MessageState.class);
        long bytes = 0;
        for (int i = 0; i < found.size(); i++) {
            Seen one = found.get(i);
            Kept message = kept.get(one.position());
            if (message == null) {
                throw new AssertionError(one.position() + " of " + id + " is settled, or never was, and found: " + one);
            }
            expect(one.envelope(), message.envelope, "the envelope of", message);
            expect(one.baseOffset(), message.baseOffset, "the batch of", message);
            expect(one.attempts(), message.attempts(), "the attempts of", message);
            expect(payloads.get(i), message.payload, "the payload of", message);
            message.departing = one.state() == MessageState.DEPARTING;
            expect(departing.contains(one.position()), message.departing, "the listed departure of", message);
            if (message.departing) {
                message.leasedUntil = 0;
            }
            expect(one.state() == MessageState.LEASED, message.isLeased(now), "the lease of", message);
            states.merge(one.state(), 1L, Long::sum);
            bytes += message.bytes();
            seen.add(one.position());
        }
        checkVanished(seen);
        acquired.forEach(this::checkOrder);
        acquired.clear();
        expect(status.ready(), states.getOrDefault(MessageState.READY, 0L), "the count of ready ones in", id);
        expect(status.delayed(), states.getOrDefault(MessageState.DELAYED, 0L), "the count of delayed ones in", id);
        expect(status.leased(), states.getOrDefault(MessageState.LEASED, 0L), "the count of leased ones in", id);
        expect(
                status.departing(),
                states.getOrDefault(MessageState.DEPARTING, 0L),
                "the count of departing ones in",
                id);
        expect(status.bytes(), bytes, "the bytes in", id);
    }

    private void checkVanished(Set<Position> seen) {
        for (Kept message : List.copyOf(kept.values())) {
            if (!seen.contains(message.position)) {
                boolean allowed = mayVanish(message, settings) || mayVanish(message, before);
                expect(allowed, true, "a reason to vanish of", message);
                kept.remove(message.position);
            }
        }
    }

    private boolean mayVanish(Kept message, QueueSettings by) {
        DeadLetterPolicy policy = by.deadLetter();
        boolean tooOld = expiresAt(message, by) <= now && (policy == null || !policy.onExpiry() || message.turnedAway);
        boolean dropped = by.overflow() == Overflow.DROP_OLDEST
                && !message.isLeased(now)
                && (policy == null || message.turnedAway);
        return !message.departing && (tooOld || dropped);
    }

    private boolean isTooOld(Kept message) {
        return Math.min(expiresAt(message, settings), expiresAt(message, before)) <= now;
    }

    private static long expiresAt(Kept message, QueueSettings by) {
        Envelope envelope = message.envelope;
        long from = envelope.origin() == null || by.ordering() == Ordering.GROUP
                ? message.appendedAt
                : envelope.origin().publishedAtMillis();
        return Math.min(
                envelope.expiresAtMillis(),
                Math.max(from, envelope.deliverAtMillis()) + by.retention().toMillis());
    }

    /** In an ordered queue nothing that is still there lies before a leased message of its group, unless leased with it. */
    private void checkOrder(Reply.Acquired reply) {
        if (settings.ordering() != Ordering.GROUP) {
            return;
        }
        TreeSet<Position> withIt = new TreeSet<>();
        for (Reply.Leased leased : reply.leased()) {
            Position position = leased.lease().position();
            for (Kept earlier : kept.headMap(position).values()) {
                boolean sameGroup = Objects.equals(
                        earlier.envelope.group(), leased.envelope().group());
                expect(sameGroup && !withIt.contains(earlier.position), false, "the order before " + position, earlier);
            }
            withIt.add(position);
        }
    }

    private static void expect(
            @org.jspecify.annotations.Nullable Object found,
            @org.jspecify.annotations.Nullable Object expected,
            String what,
            Object of) {
        if (!Objects.equals(found, expected)) {
            throw new AssertionError(what + " " + of + ": found " + found + ", expected " + expected);
        }
    }
}
