package weir.amqp.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.wire.AmqpException;
import weir.core.LeaseId;
import weir.core.PartitionId;
import weir.core.Position;
import weir.core.QueueSettings;
import weir.core.catalog.Queue;

class UnackedTest {
    private static final AmqpQueue QUEUE = AmqpQueue.of(
                    new Queue(1, "queue", 0, QueueSettings.DEFAULT, new TreeMap<>(), 0, 0, 1))
            .orElseThrow();

    private final Unacked unacked = new Unacked();

    private void hold(int count) {
        for (int i = 0; i < count; i++) {
            long tag = unacked.nextTag();
            var lease = new LeaseId(new Position(0, tag), 1);
            unacked.add(new Held(tag, QUEUE, new PartitionId(1, 0), lease, null, 0));
        }
    }

    private static List<Long> tags(List<Held> held) {
        return held.stream().map(Held::tag).toList();
    }

    private void isUnknown(long tag) {
        assertThatThrownBy(() -> unacked.take(tag, false))
                .isInstanceOf(AmqpException.class)
                .hasMessage("unknown delivery tag " + tag);
    }

    @Test
    void whatWasGivenUpIsSettledLateWithoutAnError() throws Exception {
        hold(4);
        assertThat(tags(unacked.giveUp(held -> held.tag() % 2 == 0))).containsExactly(2L, 4L);
        assertThat(unacked.take(2, false)).isEmpty();
        isUnknown(2); // Once.
        assertThat(tags(unacked.take(4, true))).containsExactly(1L, 3L);
        isUnknown(4);
        isUnknown(1);
    }

    @Test
    void whatWasNeverGivenUpIsAnErrorTheSecondTime() throws Exception {
        hold(2);
        assertThat(tags(unacked.take(1, false))).containsExactly(1L);
        isUnknown(1);
        isUnknown(3);
        unacked.giveUp(_ -> true);
        unacked.takeAll();
        isUnknown(2);
    }

    @Test
    void theOldestThatWereGivenUpAreForgotten() throws Exception {
        hold(SessionLimits.GIVEN_UP_REMEMBERED + 1);
        List<Held> all = new ArrayList<>(unacked.giveUp(_ -> true));
        assertThat(all).hasSize(SessionLimits.GIVEN_UP_REMEMBERED + 1);
        isUnknown(1);
        assertThat(unacked.take(2, false)).isEmpty();
    }
}
