package weir.core.shard;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The timers of a shard, earliest first: a binary heap in which each timer knows its place, so any can be taken out. */
final class TimerHeap {
    private @Nullable Timer[] heap = new Timer[64];
    private int size;

    @Nullable
    Timer peek() {
        return heap[0];
    }

    /** Puts the timer in, or moves it to a new instant. */
    void schedule(Timer timer, long dueAtMillis) {
        if (timer.heapIndex == Timer.NOT_QUEUED) {
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, size * 2);
            }
            timer.dueAtMillis = dueAtMillis;
            place(timer, size++);
            siftUp(timer);
        } else if (timer.dueAtMillis != dueAtMillis) {
            timer.dueAtMillis = dueAtMillis;
            siftUp(timer);
            siftDown(timer);
        }
    }

    /** Takes the timer out, if it is in. */
    void cancel(Timer timer) {
        int hole = timer.heapIndex;
        if (hole == Timer.NOT_QUEUED) {
            return;
        }
        timer.heapIndex = Timer.NOT_QUEUED;
        Timer last = at(--size);
        heap[size] = null;
        if (last != timer) {
            place(last, hole);
            siftUp(last);
            siftDown(last);
        }
    }

    private void siftUp(Timer timer) {
        int index = timer.heapIndex;
        while (index > 0) {
            Timer parent = at((index - 1) / 2);
            if (!timer.before(parent)) {
                break;
            }
            place(parent, index);
            index = (index - 1) / 2;
        }
        place(timer, index);
    }

    private void siftDown(Timer timer) {
        int index = timer.heapIndex;
        while (2 * index + 1 < size) {
            int child = 2 * index + 1;
            if (child + 1 < size && at(child + 1).before(at(child))) {
                child++;
            }
            if (!at(child).before(timer)) {
                break;
            }
            place(at(child), index);
            index = child;
        }
        place(timer, index);
    }

    private void place(Timer timer, int index) {
        heap[index] = timer;
        timer.heapIndex = index;
    }

    private Timer at(int index) {
        return java.util.Objects.requireNonNull(heap[index]);
    }
}
