package weir.core.shard;

import weir.core.LogId;

/** Something that is due at an instant; in at most one {@link TimerHeap}, which owns both fields. */
abstract sealed class Timer permits Slot, Housekeeping {
    static final int NOT_QUEUED = -1;

    long dueAtMillis;
    int heapIndex = NOT_QUEUED;

    /** Where it belongs; with {@link #offset()} it makes the order of timers total, so replicas agree on it. */
    abstract LogId log();

    abstract long offset();

    final boolean before(Timer other) {
        if (dueAtMillis != other.dueAtMillis) {
            return dueAtMillis < other.dueAtMillis;
        }
        int byLog = log().compareTo(other.log());
        return byLog != 0 ? byLog < 0 : offset() < other.offset();
    }
}
