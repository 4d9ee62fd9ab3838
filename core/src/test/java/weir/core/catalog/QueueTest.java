package weir.core.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import weir.core.DeduplicationScope;
import weir.core.Envelope;
import weir.core.KeyHash;
import weir.core.Ordering;
import weir.core.PartitionId;
import weir.core.QueueSettings;

final class QueueTest {
    private static final QueueSettings ORDERED = QueueSettings.DEFAULT
            .change()
            .ordering(Ordering.GROUP)
            .deduplicationScope(DeduplicationScope.GROUP)
            .build();

    private static Queue queue(int partitions, QueueSettings settings) {
        return new Queue(5, "q", 0, partitions, settings, new TreeMap<>(), 1, 1, 1);
    }

    private static Envelope message(@Nullable String group, @Nullable String id) {
        return new Envelope(group, id, Envelope.QUEUE_DELAY, Envelope.NEVER, null);
    }

    @Test
    void messagesOfAGroupGoToOnePartitionWhateverTheTurn() {
        Queue queue = queue(8, ORDERED);
        for (int i = 0; i < 100; i++) {
            PartitionId first = queue.partitionFor(message("g" + i, "a"), 0);
            assertThat(queue.partitionFor(message("g" + i, "b"), i)).isEqualTo(first);
            assertThat(first.partition()).isEqualTo(KeyHash.bucket("g" + i, 8));
        }
    }

    @Test
    void messagesThatNothingBindsTakeTurns() {
        Queue queue = queue(4, QueueSettings.DEFAULT);
        Set<PartitionId> seen = new HashSet<>();
        for (int turn = 0; turn < 4; turn++) {
            seen.add(queue.partitionFor(message(null, null), turn));
        }
        assertThat(seen).containsExactlyInAnyOrderElementsOf(queue.partitionIds());
    }

    /** Where an id is unique in the queue, whoever sends it again may name another tenant. */
    @Test
    void messagesOfOneDeduplicationIdMeet() {
        Queue queue = queue(16, QueueSettings.DEFAULT);
        PartitionId first = queue.partitionFor(message(null, "once"), 0);
        assertThat(queue.partitionFor(message("tenant", "once"), 1)).isEqualTo(first);
        assertThat(queue.partitionFor(message("other", "once"), 2)).isEqualTo(first);
    }

    @Test
    void oneOfASinglePartitionHasButThat() {
        Queue queue = queue(1, QueueSettings.DEFAULT);
        assertThat(queue.partitionFor(message("g", "id"), 7)).isEqualTo(new PartitionId(5, 0));
        assertThat(queue.partitionIds()).containsExactly(new PartitionId(5, 0));
        assertThat(queue.has(new PartitionId(5, 1))).isFalse();
        assertThatThrownBy(() -> queue.partition(1)).hasMessageContaining("allowed is 0 to 0");
    }

    @Test
    void orderedOneOfSeveralPartitionsCannotDeduplicateInAllOfTheQueue() {
        QueueSettings inTheQueue =
                ORDERED.change().deduplicationScope(DeduplicationScope.QUEUE).build();
        assertThat(Queue.mayBePartitioned(inTheQueue)).isFalse();
        assertThatThrownBy(() -> queue(2, inTheQueue)).hasMessageContaining("deduplicates within a group");
    }
}
