package weir.cluster.shard;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Numbering;
import weir.core.PartitionId;
import weir.core.QueueSettings;
import weir.core.shard.Command;
import weir.core.shard.Reply;
import weir.core.shard.StoredBatch;
import weir.core.shard.TopicView;
import weir.storage.ShardStore;

/**
 * What was acknowledged about one topic's partition. Offsets are dense, what was acknowledged is read as it was published, and it
 * goes only for a reason: it was truncated, is too old, or as much as may be kept follows it.
 */
final class TopicAccount {
    private record Kept(long offset, int count, Bytes payload, long atMillis) {}

    final PartitionId id;
    private final Deque<Kept> kept = new ArrayDeque<>();
    private QueueSettings settings;
    /** In force before the entry that is being looked at. */
    private QueueSettings before;

    private long revision;
    private long end;
    private long truncated;
    /** Appended since the beginning, and what of it is below the first that is kept. */
    private long bytes;

    private long bytesGone;

    private final Map<String, Reply.Appended> firsts = new TreeMap<>();
    /** What each producer's next batch has to be. */
    private final Map<Long, Numbering> nexts = new TreeMap<>();

    TopicAccount(Command.Configure command) {
        this.id = command.partition();
        this.settings = command.settings();
        this.before = settings;
        this.revision = command.revision();
    }

    boolean isEmpty() {
        return kept.isEmpty();
    }

    void beginEntry() {
        before = settings;
    }

    void configure(Command.Configure command) {
        if (command.revision() > revision) {
            revision = command.revision();
            settings = command.settings();
        }
    }

    void published(List<Batch> batches, Reply reply, long now) {
        if (!(reply instanceof Reply.Published(List<Reply.Appended> appended))) {
            return;
        }
        for (int i = 0; i < appended.size(); i++) {
            Reply.Appended one = appended.get(i);
            Batch batch = batches.get(i);
            numbered(batch, one);
            if (!one.duplicate()) {
                ShardAccounts.same("the next offset of", id, one.position().offset(), end);
                kept.addLast(new Kept(end, batch.count(), batch.payload(), now));
                end += batch.count();
                bytes += batch.payload().length();
            }
        }
    }

    /** What a producer has numbered is there once, without gaps, and a repeat is told where. */
    private void numbered(Batch batch, Reply.Appended one) {
        Numbering numbering = batch.numbering();
        if (numbering == null) {
            ShardAccounts.same("whether what has no number is a repeat in", id, one.duplicate(), false);
            return;
        }
        Reply.Appended first = firsts.putIfAbsent(numbering.toString(), one);
        if (one.duplicate()) {
            Reply.Appended expected =
                    new Reply.Appended(Objects.requireNonNull(first).position(), first.publishedAtMillis(), true);
            ShardAccounts.same("the repeated answer to " + numbering + " in", id, one, expected);
            return;
        }
        ShardAccounts.same("whether " + numbering + " was there before in", id, first, null);
        Numbering last = nexts.put(
                numbering.producerId(),
                new Numbering(
                        numbering.producerId(),
                        numbering.epoch(),
                        Numbering.sequenceAfter(numbering.firstSequence(), batch.count())));
        if (last != null && last.epoch() == numbering.epoch()) {
            ShardAccounts.same("the next number in", id, numbering, last);
        } else if (last != null) {
            ShardAccounts.same("whether the epoch is newer in", id, numbering.epoch() > last.epoch(), true);
            ShardAccounts.same("the first number of an epoch in", id, numbering.firstSequence(), 0);
        }
    }

    void truncated(long before) {
        truncated = Math.max(truncated, before);
    }

    /** Holds what a replica has against what was promised. */
    void observe(TopicView view, ShardStore store, long now) {
        ShardAccounts.same("the end of", id, view.end(), end);
        long start = view.start();
        ShardAccounts.same("whether truncated is gone from", id, start >= truncated, true);
        while (!kept.isEmpty() && kept.getFirst().offset + kept.getFirst().count <= start) {
            letGo(kept.removeFirst(), now);
        }
        List<StoredBatch> found = view.read(start, Long.MAX_VALUE, Integer.MAX_VALUE);
        ShardAccounts.same("the number of batches in", id, found.size(), kept.size());
        int i = 0;
        for (Kept one : kept) {
            StoredBatch batch = found.get(i++);
            ShardAccounts.same("an offset in", id, batch.baseOffset(), one.offset);
            ShardAccounts.same("when it was appended in", id, batch.appendedAtMillis(), one.atMillis);
            Bytes payload = ShardAccounts.read(store, id, new weir.core.Position(0, one.offset), one.offset);
            ShardAccounts.same("the payload at " + one.offset + " in", id, payload, one.payload);
        }
    }

    private void letGo(Kept gone, long now) {
        bytesGone += gone.payload.length();
        boolean wasTruncated = gone.offset + gone.count <= truncated;
        boolean wanted = isWanted(gone, now, settings) && isWanted(gone, now, before);
        ShardAccounts.same("a reason to let go of " + gone + " in", id, wasTruncated || !wanted, true);
    }

    private boolean isWanted(Kept gone, long now, QueueSettings by) {
        boolean tooOld = gone.atMillis + by.retention().toMillis() <= now;
        boolean tooMuch = bytes - bytesGone >= by.bytesMax();
        return !tooOld && !tooMuch;
    }
}
