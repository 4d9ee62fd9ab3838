package weir.core.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.PartitionId;
import weir.core.Position;
import weir.core.QueueSettings;
import weir.core.catalog.Queue;
import weir.core.shard.Refusal;
import weir.core.shard.Reply;

final class PublishPlanTest {
    private static final Queue QUEUE = new Queue(5, "q", 0, 4, QueueSettings.DEFAULT, new TreeMap<>(), 1, 1, 1);

    private static Batch batch(String group, int number) {
        return Batch.of(
                new Envelope(group.isEmpty() ? null : group, null, 0, Envelope.NEVER, null),
                Bytes.utf8(group + number));
    }

    private static PartitionId partitionOf(Batch batch) {
        return QUEUE.partitionFor(batch.messages().getFirst(), 0);
    }

    @Test
    void batchesAreSplitByPartitionInOrderAndAnsweredInTheirPlaces() {
        List<Batch> batches = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            batches.add(batch("g" + i % 5, i));
        }
        PublishPlan plan = new PublishPlan(QUEUE, batches, 0);
        assertThat(plan.parts()).hasSizeBetween(2, 4);
        for (PublishPlan.Part part : plan.parts()) {
            List<Reply.Appended> appended = new ArrayList<>();
            for (Batch batch : part.command().batches()) {
                appended.add(new Reply.Appended(new Position(0, batches.indexOf(batch)), 1, false));
            }
            plan.answered(part, new Reply.Published(appended));
        }
        for (int i = 0; i < 20; i++) {
            assertThat(plan.outcomes().get(i))
                    .isEqualTo(new PublishOutcome.Appended(
                            partitionOf(batches.get(i)), new Reply.Appended(new Position(0, i), 1, false)));
        }
    }

    @Test
    void whatNothingBindsStaysTogether() {
        List<Batch> batches = List.of(batch("", 1), batch("", 2), batch("", 3));
        PublishPlan plan = new PublishPlan(QUEUE, batches, 6);
        assertThat(plan.parts()).singleElement().satisfies(part -> {
            assertThat(part.command().partition()).isEqualTo(QUEUE.partition(2));
            assertThat(part.command().batches()).isEqualTo(batches);
        });
    }

    @Test
    void outcomesOfOnePartitionDoNotTouchThoseOfAnother() {
        int other = 0;
        while (partitionOf(batch("g" + other, 0)).partition() != 1) {
            other++;
        }
        int first = 0;
        while (partitionOf(batch("g" + first, 0)).partition() != 0) {
            first++;
        }
        PublishPlan plan =
                new PublishPlan(QUEUE, List.of(batch("g" + other, 0), batch("g" + first, 1), batch("g" + other, 2)), 0);
        OutcomeUnknownException lost = new OutcomeUnknownException("lost");
        plan.answered(plan.parts().get(0), new Reply.Refused(Refusal.QUEUE_FULL));
        plan.unknown(plan.parts().get(1), lost);
        assertThat(plan.outcomes())
                .containsExactly(
                        new PublishOutcome.Unknown(lost),
                        new PublishOutcome.Refused(Refusal.QUEUE_FULL),
                        new PublishOutcome.Unknown(lost));
    }
}
