package weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.Limits;
import weir.core.PartitionId;
import weir.core.Position;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.PublishOutcome;
import weir.core.shard.Command;
import weir.core.shard.Command.Copies;
import weir.core.shard.Command.Target;
import weir.core.shard.Refusal;
import weir.core.shard.Reply;

/** Queues are in the shard of their number's last digit; those from 90 on are in none. */
final class FanoutPlanTest {
    private static FanoutPlan plan(Copies... messages) {
        return new FanoutPlan(
                List.of(messages),
                partition ->
                        partition.queue() >= 90 ? OptionalInt.empty() : OptionalInt.of((int) partition.queue() % 10));
    }

    private static Copies copies(Bytes payload, int... queues) {
        List<Target> targets = new ArrayList<>();
        for (int queue : queues) {
            targets.add(new Target(new PartitionId(queue, 0), Envelope.PLAIN));
        }
        return new Copies(0, 1, payload, targets);
    }

    private static final Bytes A = Bytes.utf8("a");
    private static final Bytes B = Bytes.utf8("b");

    /** Answers each copy by the number of its queue, so that it shows where it belongs. */
    private static void answer(FanoutPlan plan) {
        for (FanoutPlan.Part part : plan.parts()) {
            List<List<Reply>> outcomes = new ArrayList<>();
            for (Copies copies : part.command().messages()) {
                outcomes.add(copies.targets().stream()
                        .map(target -> published(target.partition().queue()))
                        .toList());
            }
            plan.answered(part, new Reply.FannedOut(outcomes));
        }
    }

    private static Reply published(long number) {
        return new Reply.Published(List.of(new Reply.Appended(new Position(0, number), 0, false)));
    }

    private static PublishOutcome appended(int queue) {
        return new PublishOutcome.Appended(
                new PartitionId(queue, 0), new Reply.Appended(new Position(0, queue), 0, false));
    }

    @Test
    void shardThatDoesNotAnswerLeavesTheOutcomesOfTheOthers() {
        FanoutPlan plan = plan(copies(A, 12, 11, 99), copies(B, 21, 22));
        OutcomeUnknownException lost = new OutcomeUnknownException("no answer");
        plan.unknown(plan.parts().getFirst(), lost);
        List<List<Reply>> answers =
                List.of(List.of(new Reply.Published(List.of())), List.of(new Reply.Refused(Refusal.QUEUE_FULL)));
        plan.answered(plan.parts().getLast(), new Reply.FannedOut(answers));
        assertThat(plan.outcomes())
                .containsExactly(
                        List.of(
                                new PublishOutcome.TakenBefore(new PartitionId(12, 0)),
                                new PublishOutcome.Unknown(lost),
                                new PublishOutcome.Refused(Refusal.NO_SUCH_QUEUE)),
                        List.of(new PublishOutcome.Unknown(lost), new PublishOutcome.Refused(Refusal.QUEUE_FULL)));
    }

    @Test
    void eachShardGetsOneCommandWithItsTargetsInOrder() {
        FanoutPlan plan = plan(copies(A, 12, 11, 22, 21), copies(B, 31, 32));
        assertThat(plan.parts()).extracting(part -> part.shard).containsExactly(1, 2);
        assertThat(plan.parts().getFirst().command())
                .isEqualTo(new Command.Fanout(List.of(copies(A, 11, 21), copies(B, 31))));
        assertThat(plan.parts().getLast().command())
                .isEqualTo(new Command.Fanout(List.of(copies(A, 12, 22), copies(B, 32))));
    }

    @Test
    void answersGoBackToWhereTheyBelong() {
        FanoutPlan plan = plan(copies(A, 12, 11, 22, 99), copies(B), copies(B, 32, 31));
        answer(plan);
        assertThat(plan.outcomes())
                .containsExactly(
                        List.of(
                                appended(12),
                                appended(11),
                                appended(22),
                                new PublishOutcome.Refused(Refusal.NO_SUCH_QUEUE)),
                        List.of(),
                        List.of(appended(32), appended(31)));
    }

    @Test
    void nothingIsSentForTargetsThatAreNowhere() {
        FanoutPlan plan = plan(copies(A, 90, 99));
        assertThat(plan.parts()).isEmpty();
        assertThat(plan.outcomes().getFirst()).containsOnly(new PublishOutcome.Refused(Refusal.NO_SUCH_QUEUE));
    }

    @Test
    void moreTargetsThanACommandMayHaveAreSplitAndStayInOrder() {
        int most = Limits.FANOUT_TARGETS_MAX;
        List<Target> many = Collections.nCopies(most + 5, new Target(new PartitionId(11, 0), Envelope.PLAIN));
        FanoutPlan plan = plan(copies(A, 21), new Copies(0, 1, B, many), copies(A, 31));
        assertThat(plan.parts()).hasSize(2);
        List<Copies> first = plan.parts().getFirst().command().messages();
        List<Copies> second = plan.parts().getLast().command().messages();
        assertThat(first).extracting(copies -> copies.targets().size()).containsExactly(1, most - 1);
        assertThat(second).extracting(copies -> copies.targets().size()).containsExactly(6, 1);
        answer(plan);
        assertThat(plan.outcomes().get(1)).hasSize(most + 5).containsOnly(appended(11));
        assertThat(plan.outcomes().get(2)).containsExactly(appended(31));
    }

    @Test
    void morePayloadThanALogEntryMayHoldIsSplit() {
        Bytes half = Bytes.of(new byte[Limits.MESSAGE_BYTES_MAX / 2]);
        FanoutPlan plan = plan(copies(half, 11), copies(half, 11, 21), copies(A, 31), copies(half, 41));
        assertThat(plan.parts())
                .extracting(part -> part.command().messages().size())
                .containsExactly(2, 2);
    }
}
