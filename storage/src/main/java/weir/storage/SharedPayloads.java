package weir.storage;

import org.jspecify.annotations.Nullable;

/**
 * The payloads that a segment holds already, by where they came from: the same slice of the same array (or the same
 * place in the same old segment) is written once, however many logs it was appended to.
 *
 * <p>An open-addressed table in flat arrays: a checkpoint may meet some hundred thousand payloads, and nearly all of
 * them only once.
 */
final class SharedPayloads {
    private @Nullable Object[] holders = new @Nullable Object[1024];
    private long[] sources = new long[1024];
    private int[] lengths = new int[1024];
    private long[] positions = new long[1024];
    private int size;

    /** Where the payload that lay at {@code source} in {@code holder} was written; -1 if it was not. */
    long find(Object holder, long source, int length) {
        if (length < StorageLimits.SHARED_PAYLOAD_BYTES_MIN) {
            return -1;
        }
        int at = slot(holder, source, length);
        return holders[at] == null ? -1 : positions[at];
    }

    /** Remembers where a payload, which was not found, was written. */
    void put(Object holder, long source, int length, long position) {
        if (length < StorageLimits.SHARED_PAYLOAD_BYTES_MIN) {
            return;
        }
        if (size * 2 >= holders.length) {
            grow();
        }
        set(slot(holder, source, length), holder, source, length, position);
        size++;
    }

    private void set(int at, Object holder, long source, int length, long position) {
        holders[at] = holder;
        sources[at] = source;
        lengths[at] = length;
        positions[at] = position;
    }

    @SuppressWarnings("ReferenceEquality") // A payload is shared if it is the same array, whatever is in it.
    private int slot(Object holder, long source, int length) {
        int mask = holders.length - 1;
        long hash = (System.identityHashCode(holder) * 31L + source) * 0x9E3779B97F4A7C15L;
        int at = (int) (hash >>> 32) & mask;
        while (holders[at] != null && !(holders[at] == holder && sources[at] == source && lengths[at] == length)) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void grow() {
        @Nullable Object[] oldHolders = holders;
        long[] oldSources = sources;
        int[] oldLengths = lengths;
        long[] oldPositions = positions;
        holders = new @Nullable Object[oldHolders.length * 2];
        sources = new long[holders.length];
        lengths = new int[holders.length];
        positions = new long[holders.length];
        for (int i = 0; i < oldHolders.length; i++) {
            Object holder = oldHolders[i];
            if (holder != null) {
                int at = slot(holder, oldSources[i], oldLengths[i]);
                set(at, holder, oldSources[i], oldLengths[i], oldPositions[i]);
            }
        }
    }
}
