package weir.core.codec;

import weir.core.Bytes;
import weir.core.shard.Command;

/**
 * Builds entries, one after the other: commands are appended as they come, and the header is filled in when one is closed.
 * The buffer is kept for the next; what leaves is an array of the entry's own size, since every message that lives in
 * memory keeps the array of its entry alive. Not safe for several threads.
 */
public final class EntryWriter {
    private final int capacity;
    private Writer out;
    private int count;

    /** @param capacity the bytes to make room for at first; it grows beyond */
    public EntryWriter(int capacity) {
        this.capacity = EntryCodec.HEADER_BYTES + capacity;
        this.out = begun();
    }

    private Writer begun() {
        Writer writer = new Writer(capacity);
        return writer.u8(EntryCodec.VERSION).i64(0).i32(0); // Time and count are known when the entry is closed.
    }

    public EntryWriter add(Command command) {
        EntryCodec.write(out, command);
        count++;
        return this;
    }

    /** How many commands were added. */
    public int count() {
        return count;
    }

    /** The bytes of the entry so far. */
    public int size() {
        return out.size();
    }

    /** The whole entry; the next one begins. */
    public Bytes close(long atMillis) {
        out.setI64(EntryCodec.AT_OFFSET, atMillis).setI32(EntryCodec.COUNT_OFFSET, count);
        Bytes entry = Bytes.of(out.bytes().toArray());
        count = 0;
        if (out.size() > 2L * capacity) {
            out = begun(); // One huge message shall not hold its room for ever.
        } else {
            out.truncate(EntryCodec.HEADER_BYTES);
        }
        return entry;
    }
}
