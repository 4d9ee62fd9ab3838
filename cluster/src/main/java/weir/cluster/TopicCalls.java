package weir.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import weir.cluster.shard.NotLeadingException;
import weir.cluster.shard.Patience;
import weir.core.PartitionId;
import weir.core.broker.Fetch;
import weir.core.broker.FetchOutcome;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.TopicOffsets;
import weir.core.shard.Refusal;

/**
 * Reading by cursor, from partitions that may be in several shards. All shards are asked; only if none has anything is there a
 * wait in each, on a virtual thread of its own, which the first that has something ends.
 */
final class TopicCalls {
    private final Ways ways;

    TopicCalls(Ways ways) {
        this.ways = ways;
    }

    Optional<TopicOffsets> offsets(PartitionId partition, long atMillis)
            throws OutcomeUnknownException, InterruptedException {
        OptionalInt shard = ways.knownShardOf(partition);
        try {
            return shard.isEmpty()
                    ? Optional.empty()
                    : ways.to(shard.getAsInt()).offsets(partition, atMillis);
        } catch (NotLeadingException e) {
            throw Answers.unknown(e);
        }
    }

    List<FetchOutcome> fetch(List<Fetch> fetches, int bytesMax, Duration patience) throws InterruptedException {
        Asked asked = new Asked(fetches, bytesMax);
        if (asked.shards().size() == 1 && !asked.hasSomething()) {
            asked.ask(asked.shards().getFirst(), patience);
            return asked.outcomes();
        }
        for (int shard : asked.shards()) {
            asked.ask(shard, Duration.ZERO);
        }
        if (patience.isPositive() && !asked.hasSomething()) {
            asked.await(patience);
        }
        return asked.outcomes();
    }

    /** One call's fetches by their shards, and what they came to. Its monitor guards the outcomes. */
    private final class Asked {
        private final List<Fetch> fetches;
        private final Map<Integer, List<Integer>> places = new TreeMap<>();
        private final List<@Nullable FetchOutcome> outcomes;
        private int room;

        Asked(List<Fetch> fetches, int bytesMax) {
            this.fetches = fetches;
            room = bytesMax;
            outcomes = new ArrayList<>(Collections.nCopies(fetches.size(), null));
            for (int i = 0; i < fetches.size(); i++) {
                OptionalInt shard = ways.knownShardOf(fetches.get(i).partition());
                if (shard.isEmpty()) {
                    outcomes.set(i, new FetchOutcome.Refused(Refusal.NO_SUCH_QUEUE));
                } else {
                    places.computeIfAbsent(shard.getAsInt(), _ -> new ArrayList<>())
                            .add(i);
                }
            }
        }

        List<Integer> shards() {
            return List.copyOf(places.keySet());
        }

        synchronized boolean hasSomething() {
            return outcomes.stream().anyMatch(outcome -> outcome != null && !outcome.isNothing());
        }

        synchronized List<FetchOutcome> outcomes() {
            List<FetchOutcome> all = new ArrayList<>(outcomes.size());
            outcomes.forEach(outcome -> all.add(Objects.requireNonNull(outcome, "a shard was not asked")));
            return all;
        }

        /** What does not answer counts as an outcome, too, and is not waited for again. */
        void ask(int shard, Duration patience) throws InterruptedException {
            List<Integer> own = places.getOrDefault(shard, List.of());
            List<Fetch> wanted = own.stream().map(fetches::get).toList();
            List<FetchOutcome> came;
            try {
                came = ways.to(shard).fetch(wanted, room(), patience);
            } catch (OutcomeUnknownException e) {
                came = Collections.nCopies(own.size(), new FetchOutcome.Unknown(e));
            } catch (NotLeadingException e) {
                came = Collections.nCopies(own.size(), new FetchOutcome.Unknown(Answers.unknown(e)));
            }
            synchronized (this) {
                for (int i = 0; i < came.size(); i++) {
                    outcomes.set(own.get(i), came.get(i));
                    if (came.get(i) instanceof FetchOutcome.Fetched fetched) {
                        fetched.batches()
                                .forEach(batch -> room -= batch.payload().length());
                    }
                }
            }
        }

        /** What is left to bring; at least a byte, so that a shard says how far its partitions reach. */
        private synchronized int room() {
            return Math.max(1, room);
        }

        void await(Duration patience) throws InterruptedException {
            CompletableFuture<Void> first = new CompletableFuture<>();
            List<Thread> threads = new ArrayList<>();
            for (int shard : shards()) {
                threads.add(Thread.ofVirtual().name("weir-fetch-shard-" + shard).unstarted(() -> {
                    try {
                        ask(shard, patience);
                        if (hasSomething()) {
                            first.complete(null);
                        }
                    } catch (InterruptedException _) { // Another one has something, or the caller has gone.
                        return;
                    } catch (RuntimeException e) {
                        first.completeExceptionally(e);
                    }
                }));
            }
            threads.forEach(Thread::start);
            try {
                Patience.get(first, patience.toNanos());
            } catch (TimeoutException _) {
                return; // There is nothing in any.
            } catch (ExecutionException e) {
                throw new IllegalStateException("a bug was met", e);
            } finally {
                threads.forEach(Thread::interrupt);
            }
        }
    }
}
