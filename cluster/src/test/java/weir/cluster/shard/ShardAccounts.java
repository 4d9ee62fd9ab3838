package weir.cluster.shard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;
import weir.core.LeaseId;
import weir.core.LogId;
import weir.core.PartitionId;
import weir.core.Position;
import weir.core.Reading;
import weir.core.shard.Command;
import weir.core.shard.Entry;
import weir.core.shard.Refusal;
import weir.core.shard.Reply;
import weir.core.shard.Reply.Departure;
import weir.core.shard.Seen;
import weir.core.shard.ShardMachine;
import weir.storage.ShardStore;

/** What was promised of each partition of a shard, and the numbers of the messages that it sent to others or took in. */
final class ShardAccounts {
    private static final int PAGE = 100;

    final int shard;
    final TreeMap<PartitionId, Account> accounts = new TreeMap<>();
    final TreeMap<PartitionId, TopicAccount> topics = new TreeMap<>();
    private final TreeMap<Long, Departure> departing = new TreeMap<>();
    /** Source and number of what was taken in, by partitions that may be no more. */
    private final Set<String> taken = new HashSet<>();

    private long now;

    ShardAccounts(int shard) {
        this.shard = shard;
    }

    Account account(PartitionId partition) {
        return Objects.requireNonNull(accounts.get(partition));
    }

    boolean hasTaken(int source, long number) {
        return taken.contains(source + "/" + number);
    }

    /** An entry was applied for the first time. */
    void note(Entry entry, List<Reply> replies) {
        now = Math.max(now, entry.atMillis());
        accounts.values().forEach(account -> account.beginEntry(now));
        topics.values().forEach(TopicAccount::beginEntry);
        for (int i = 0; i < replies.size(); i++) {
            note(entry.commands().get(i), replies.get(i));
        }
    }

    private void note(Command command, Reply reply) {
        if (reply instanceof Reply.Refused) {
            return;
        }
        switch (command) {
            case Command.Configure configure
            when configure.settings().reading() == Reading.CURSOR ->
                topics.computeIfAbsent(configure.partition(), _ -> new TopicAccount(configure))
                        .configure(configure);
            case Command.Truncate truncate -> topic(truncate.partition()).truncated(truncate.before());
            case Command.Publish publish
            when topics.containsKey(publish.partition()) ->
                topic(publish.partition()).published(publish.batches(), reply, now);
            case Command.Configure configure -> {
                accounts.computeIfAbsent(
                        configure.partition(), id -> new Account(id, configure.settings(), configure.revision()));
                account(configure).configure(configure);
            }
            case Command.Drop drop -> accounts.remove(drop.partition());
            case Command.Purge purge -> account(purge).purge();
            case Command.Publish publish -> account(publish).published(publish.batches(), reply);
            case Command.Fanout fanout -> fannedOut(fanout, (Reply.FannedOut) reply);
            case Command.Acquire acquire -> account(acquire).leased(acquire, (Reply.Acquired) reply);
            case Command.Acknowledge ack -> {
                Account account = account(ack);
                forEachDone(account, ack.leases(), ack.evenIfExpired(), reply, account::acknowledged);
            }
            case Command.Extend extend -> {
                Account account = account(extend);
                forEachDone(
                        account,
                        extend.leases(),
                        extend.evenIfExpired(),
                        reply,
                        lease -> account.extended(lease, extend.leaseMillis()));
            }
            case Command.Release release -> {
                Account account = account(release);
                forEachDone(
                        account,
                        release.leases(),
                        false,
                        reply,
                        lease -> account.released(lease, release.delayMillis(), release.counted()));
            }
            case Command.Reject reject -> {
                Account account = account(reject);
                forEachDone(account, reject.leases(), false, reply, account::rejected);
            }
            case Command.Cancel cancel -> {
                List<Reply.LeaseOutcome> outcomes = ((Reply.Settled) reply).outcomes();
                for (int i = 0; i < outcomes.size(); i++) {
                    if (outcomes.get(i) == Reply.LeaseOutcome.DONE) {
                        account(cancel).cancelled(cancel.positions().get(i));
                    }
                }
            }
            case Command.Move move -> {
                Account account = account(move);
                forEachDone(account, move.leases(), false, reply, account::moved);
            }
            case Command.TakeIn takeIn -> {
                List<Reply.ArrivalOutcome> outcomes = ((Reply.TakenIn) reply).outcomes();
                for (int i = 0; i < outcomes.size(); i++) {
                    Command.Arrival arrival = takeIn.arrivals().get(i);
                    Account account = accounts.get(arrival.target());
                    if (account != null) {
                        account.takenIn(takeIn, arrival, outcomes.get(i));
                    }
                    if (outcomes.get(i) == Reply.ArrivalOutcome.TAKEN) {
                        taken.add(takeIn.source() + "/" + arrival.number());
                    }
                }
            }
            case Command.SettleDepartures settle -> {
                settle.arrived().forEach(number -> settleDeparture(number, true));
                settle.refused().forEach(number -> settleDeparture(number, false));
            }
            case Command.Tick _, Command.Raise _ -> {}
        }
    }

    private void fannedOut(Command.Fanout fanout, Reply.FannedOut reply) {
        for (int i = 0; i < fanout.messages().size(); i++) {
            Command.Copies copies = fanout.messages().get(i);
            for (int j = 0; j < copies.targets().size(); j++) {
                Command.Target target = copies.targets().get(j);
                Account account = accounts.get(target.partition());
                Reply outcome = reply.outcomes().get(i).get(j);
                TopicAccount topic = topics.get(target.partition());
                if (topic != null) {
                    topic.published(List.of(copies.batchFor(target)), outcome, now);
                } else if (account != null) {
                    account.published(List.of(copies.batchFor(target)), outcome);
                } else {
                    same("the copy for what is not here", target, outcome, new Reply.Refused(Refusal.NO_SUCH_QUEUE));
                }
            }
        }
    }

    private TopicAccount topic(PartitionId partition) {
        return Objects.requireNonNull(topics.get(partition));
    }

    /** After each entry: what lets go of messages need not be about their topic. */
    void observeTopics(ShardMachine machine, ShardStore store) {
        for (TopicAccount topic : topics.values()) {
            topic.observe(machine.topic(topic.id).orElseThrow(), store, now);
        }
    }

    private Account account(Command.OfPartition command) {
        return account(command.partition());
    }

    private interface OnLease {
        void done(LeaseId lease);
    }

    private static void forEachDone(Account account, List<LeaseId> leases, boolean even, Reply reply, OnLease onLease) {
        List<Reply.LeaseOutcome> outcomes = ((Reply.Settled) reply).outcomes();
        for (int i = 0; i < leases.size(); i++) {
            if (account.settled(leases.get(i), outcomes.get(i), even)) {
                onLease.done(leases.get(i));
            }
        }
    }

    // ---- Departures, by the numbers that the machine gave them

    private void settleDeparture(long number, boolean arrived) {
        Departure departure = departing.remove(number);
        Account account = departure == null ? null : accounts.get(departure.from());
        if (departure != null && account != null) {
            if (arrived) {
                account.arrivedElsewhere(departure.position());
            } else {
                account.turnedAway(departure.position());
            }
        }
    }

    // ---- What is found

    /** Holds everything that a machine has against what should be there. */
    void observeAll(ShardMachine machine, ShardStore store) throws IOException {
        for (PartitionId partition : accounts.keySet()) {
            observe(partition, machine, store);
        }
        observeTopics(machine, store);
        Set<PartitionId> partitions = new TreeSet<>(accounts.keySet());
        partitions.addAll(topics.keySet());
        same("the partitions of", shard, machine.revisions().keySet(), partitions);
    }

    void observe(PartitionId partition, ShardMachine machine, ShardStore store) throws IOException {
        Account account = accounts.get(partition);
        if (account == null) {
            same(
                    "what a dropped partition still has:",
                    partition,
                    machine.status(partition).isPresent(),
                    false);
            return;
        }
        TreeSet<Position> leaving = new TreeSet<>();
        long last = 0;
        departing.clear();
        for (Departure departure : machine.departures(0, Integer.MAX_VALUE)) {
            same("the rising number of", departure, departure.number() > last, true);
            last = departure.number();
            departing.put(last, departure);
            if (departure.from().equals(partition)) {
                leaving.add(departure.position());
            }
        }
        List<Seen> found = peekAll(partition, machine);
        List<Bytes> payloads = new ArrayList<>(found.size());
        for (Seen one : found) {
            payloads.add(read(store, partition, one.position(), one.baseOffset()));
        }
        account.observe(found, payloads, leaving, machine.status(partition).orElseThrow());
    }

    private static List<Seen> peekAll(PartitionId partition, ShardMachine machine) {
        List<Seen> all = new ArrayList<>();
        Position from = new Position(0, 0);
        while (true) {
            List<Seen> page = machine.peek(partition, from, PAGE);
            all.addAll(page);
            if (page.size() < PAGE) {
                return all;
            }
            Position last = page.getLast().position();
            from = new Position(last.level(), last.offset() + 1);
        }
    }

    static Bytes read(ShardStore store, PartitionId partition, Position position, long baseOffset) {
        try {
            return store.locate(new LogId(partition, position.level()), baseOffset)
                    .read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void same(String what, Object of, @Nullable Object found, @Nullable Object expected) {
        if (!Objects.equals(found, expected)) {
            throw new AssertionError(what + " " + of + ": found " + found + ", expected " + expected);
        }
    }
}
