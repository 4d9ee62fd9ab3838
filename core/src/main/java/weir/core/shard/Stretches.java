package weir.core.shard;

import java.util.Arrays;
import weir.core.Envelope;
import weir.core.QueueSettings;
import weir.core.codec.Reader;
import weir.core.codec.Writer;

/**
 * How a topic lets go of its oldest messages: a stretch at a time, once none of it is wanted by age, or what follows it is as
 * much as may be kept. So what is kept is no less than the settings say, and not much more: a stretch is about a sixty-fourth of
 * the whole, by bytes and by age.
 *
 * <p>A stretch takes 24 bytes, and there are never more than {@link #MAX}: when there would be, neighbours become one. So the
 * length of a log costs no memory, and nobody reads it to find out what is to go. Everything follows from what was appended, so
 * replicas agree. (Asking the log for its oldest batch would need no memory at all, but a read of old, cold data on the shard's
 * thread for each chunk that is appended.)
 */
final class Stretches {
    /** 3 KB for each topic's partition; a log that has grown from nothing loses a thirty-second of itself at most at a time. */
    static final int MAX = 128;

    /** Into how many a log is divided that neither grows nor shrinks. */
    private static final int PARTS = 64;

    /** Shorter ones would let go of less than a chunk of the store. */
    private static final long BYTES_MIN = 4 * 1024;

    private static final long AGE_MIN_MILLIS = 1_000;

    private long[] firstOffsets = new long[4];
    /** Of all stretches before, back to the first append. */
    private long[] bytesBefore = new long[4];

    private long[] lastMillis = new long[4];
    private int size;
    /** Payload bytes appended since the beginning. */
    private long bytes;
    /** When the first message of the last stretch was appended. */
    private long openedAtMillis;

    void append(StoredBatch batch, QueueSettings settings) {
        long now = batch.appendedAtMillis();
        if (size == 0 || isLongEnough(now, settings)) {
            open(batch.baseOffset(), now);
        }
        lastMillis[size - 1] = now;
        bytes += batch.payloadBytes();
    }

    private boolean isLongEnough(long now, QueueSettings settings) {
        long wanted = Math.max(BYTES_MIN, Math.min(kept(), settings.bytesMax()) / PARTS);
        long age = Math.max(AGE_MIN_MILLIS, settings.retention().toMillis() / PARTS);
        return bytes - bytesBefore[size - 1] >= wanted || now - openedAtMillis >= age;
    }

    private void open(long offset, long now) {
        if (size == MAX) {
            joinNeighbours();
        }
        if (size == firstOffsets.length) {
            int room = Math.min(2 * size, MAX);
            firstOffsets = Arrays.copyOf(firstOffsets, room);
            bytesBefore = Arrays.copyOf(bytesBefore, room);
            lastMillis = Arrays.copyOf(lastMillis, room);
        }
        firstOffsets[size] = offset;
        bytesBefore[size] = bytes;
        size++;
        openedAtMillis = now;
    }

    private void joinNeighbours() {
        for (int i = 0; i < MAX / 2; i++) {
            firstOffsets[i] = firstOffsets[2 * i];
            bytesBefore[i] = bytesBefore[2 * i];
            lastMillis[i] = lastMillis[2 * i + 1];
        }
        size = MAX / 2;
    }

    /**
     * Drops the stretches that are not to be kept.
     *
     * @param start where the log begins now
     * @param end where it ends
     * @return where it begins from now on
     */
    long keep(long now, QueueSettings settings, long start, long end) {
        int dropped = 0;
        while (dropped < size && mayGo(dropped, now, settings)) {
            dropped++;
        }
        drop(dropped);
        if (dropped == 0) {
            return start;
        }
        return size == 0 ? end : Math.max(start, firstOffsets[0]);
    }

    private boolean mayGo(int i, long now, QueueSettings settings) {
        boolean tooOld = lastMillis[i] + settings.retention().toMillis() <= now;
        boolean tooMuch = i + 1 < size && bytes - bytesBefore[i + 1] >= settings.bytesMax();
        return tooOld || tooMuch;
    }

    /** The log begins there from now on. */
    void truncate(long start, long end) {
        int dropped = 0;
        while (dropped < size && (dropped + 1 < size ? firstOffsets[dropped + 1] : end) <= start) {
            dropped++;
        }
        drop(dropped);
    }

    private void drop(int count) {
        if (count > 0) {
            System.arraycopy(firstOffsets, count, firstOffsets, 0, size - count);
            System.arraycopy(bytesBefore, count, bytesBefore, 0, size - count);
            System.arraycopy(lastMillis, count, lastMillis, 0, size - count);
            size -= count;
        }
    }

    /** Payload bytes that are kept; of a stretch that was truncated all of it counts. */
    long kept() {
        return size == 0 ? 0 : bytes - bytesBefore[0];
    }

    /** When the oldest stretch is to go for its age; {@link Envelope#NEVER} if there is none. */
    long nextExpiryMillis(QueueSettings settings) {
        return size == 0 ? Envelope.NEVER : lastMillis[0] + settings.retention().toMillis();
    }

    /** An offset below which nothing was appended at that time or later. */
    long noneBelow(long millis) {
        int i = firstEndingAt(millis);
        return i == 0 ? 0 : i < size ? firstOffsets[i] : Long.MAX_VALUE;
    }

    /** An offset from which on everything was appended at that time or later. */
    long allFrom(long millis) {
        int i = firstEndingAt(millis) + 1;
        return i < size ? firstOffsets[i] : Long.MAX_VALUE;
    }

    /** The first stretch that ends at that time or later. */
    private int firstEndingAt(long millis) {
        int i = 0;
        while (i < size && lastMillis[i] < millis) {
            i++;
        }
        return i;
    }

    void write(Writer out) {
        out.varint(bytes).varint(openedAtMillis).varint(size);
        for (int i = 0; i < size; i++) {
            out.varint(firstOffsets[i]).varint(bytesBefore[i]).varint(lastMillis[i]);
        }
    }

    static Stretches read(Reader in) {
        Stretches stretches = new Stretches();
        stretches.bytes = in.varint();
        stretches.openedAtMillis = in.varint();
        stretches.size = in.count(MAX);
        int room = Math.max(4, stretches.size);
        stretches.firstOffsets = new long[room];
        stretches.bytesBefore = new long[room];
        stretches.lastMillis = new long[room];
        for (int i = 0; i < stretches.size; i++) {
            stretches.firstOffsets[i] = in.varint();
            stretches.bytesBefore[i] = in.varint();
            stretches.lastMillis[i] = in.varint();
        }
        return stretches;
    }
}
