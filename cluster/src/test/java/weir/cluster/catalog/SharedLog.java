package weir.cluster.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import weir.cluster.forward.TestPeers;
import weir.cluster.replication.LogPosition;
import weir.cluster.replication.Member;
import weir.cluster.replication.Progress;
import weir.cluster.replication.ProposalRefusedException;
import weir.cluster.replication.ProposalRefusedException.Reason;
import weir.cluster.replication.Replica;
import weir.cluster.replication.ReplicatedLog;
import weir.core.Bytes;
import weir.core.broker.OutcomeUnknownException;

/** The catalog's log on several nodes, as if replication took no time; a follower may be held back. Its monitor guards all. */
final class SharedLog {
    private final List<Bytes> entries = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final SplittableRandom random;
    private final int unknownPercent;
    private int leader;

    /** @param unknownPercent of proposals: half of them come into the log, half do not, and none is answered */
    SharedLog(long seed, int unknownPercent) {
        this.random = new SplittableRandom(seed);
        this.unknownPercent = unknownPercent;
    }

    synchronized Node join(int number) {
        Node node = new Node(number);
        nodes.add(node);
        return node;
    }

    synchronized void lead(int node) {
        leader = node;
        nodes.forEach(each -> {
            each.held = each.held && each.number != node;
            each.apply(null);
        });
    }

    synchronized int size() {
        return entries.size();
    }

    /** What one node has of it. */
    final class Node implements ReplicatedLog {
        private final int number;
        private int applied;
        private boolean held;
        private @Nullable Replica replica;

        private Node(int number) {
            this.number = number;
        }

        void attach(Replica of) {
            replica = of;
        }

        /** It learns nothing until it is let go. */
        void hold() {
            synchronized (SharedLog.this) {
                held = true;
            }
        }

        void letGo() {
            synchronized (SharedLog.this) {
                held = false;
                apply(null);
            }
        }

        private void apply(@Nullable Object context) {
            while (!held && applied < entries.size()) {
                applied++;
                Objects.requireNonNull(replica)
                        .apply(
                                new LogPosition(1, applied),
                                entries.get(applied - 1),
                                applied == entries.size() ? context : null);
            }
        }

        @Override
        public CompletableFuture<Void> propose(Bytes entry, @Nullable Object context) {
            synchronized (SharedLog.this) {
                if (leader != number) {
                    return CompletableFuture.failedFuture(new ProposalRefusedException(Reason.NOT_LEADER, "no"));
                }
                int draw = random.nextInt(200);
                boolean unknown = draw < 2 * unknownPercent;
                if (!unknown || draw % 2 == 0) {
                    entries.add(entry);
                    nodes.forEach(node -> node.apply(node.number == number && !unknown ? context : null));
                }
                return unknown
                        ? CompletableFuture.failedFuture(new OutcomeUnknownException("the leader was lost"))
                        : CompletableFuture.completedFuture(null);
            }
        }

        @Override
        public boolean isLeader() {
            synchronized (SharedLog.this) {
                return leader == number;
            }
        }

        @Override
        public OptionalInt leader() {
            synchronized (SharedLog.this) {
                return leader == 0 ? OptionalInt.empty() : OptionalInt.of(leader);
            }
        }

        @Override
        public List<Member> members() {
            synchronized (SharedLog.this) {
                return nodes.stream().map(node -> TestPeers.member(node.number)).toList();
            }
        }

        @Override
        public long term() {
            return 1;
        }

        @Override
        public boolean hasLeft() {
            return false;
        }

        @Override
        public List<Progress> progress() {
            return List.of();
        }

        @Override
        public CompletableFuture<Void> changeMembers(List<Member> members, int preferred) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<Void> transferLeadership(int node) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void checkpointed(LogPosition position) {}
    }
}
