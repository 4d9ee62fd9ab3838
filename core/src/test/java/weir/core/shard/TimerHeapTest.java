package weir.core.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import weir.core.PartitionId;
import weir.core.QueueSettings;

/** Timers come out earliest first, however they were put in, moved and taken out. */
final class TimerHeapTest {
    @Test
    void theEarliestIsAlwaysFirst() {
        var random = new SplittableRandom(1);
        var machine = new ShardMachine(new MemoryLog());
        var heap = new TimerHeap();
        List<Housekeeping> timers = new ArrayList<>();
        for (int i = 1; i <= 200; i++) {
            timers.add(new Housekeeping(new Partition(new PartitionId(i, 0), 1, QueueSettings.DEFAULT, machine)));
        }
        List<Housekeeping> queued = new ArrayList<>();
        for (int step = 0; step < 50_000; step++) {
            Housekeeping timer = timers.get(random.nextInt(timers.size()));
            queued.remove(timer);
            if (random.nextInt(3) == 0) {
                heap.cancel(timer);
            } else {
                heap.schedule(timer, random.nextInt(1000));
                queued.add(timer);
            }
            Housekeeping first = queued.stream()
                    .min(Comparator.<Housekeeping>comparingLong(t -> t.dueAtMillis)
                            .thenComparing(Housekeeping::log))
                    .orElse(null);
            assertThat(heap.peek()).isSameAs(first);
        }
        while (heap.peek() != null) {
            Timer first = Objects.requireNonNull(heap.peek());
            heap.cancel(first);
            assertThat(heap.peek() == null || first.before(Objects.requireNonNull(heap.peek())))
                    .isTrue();
        }
        assertThat(timers).allMatch(t -> t.heapIndex == Timer.NOT_QUEUED);
    }
}
