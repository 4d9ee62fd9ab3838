package weir.core.codec;

import weir.core.Bytes;
import weir.core.shard.Command;

/**
 * An entry under construction: commands are appended as they come, and the header is filled in when it is closed. Not
 * safe for several threads; made for one entry and then thrown away.
 */
public final class EntryWriter {
    private final Writer out;
    private int count;

    /** @param capacity the bytes to make room for at first; it grows beyond */
    public EntryWriter(int capacity) {
        out = new Writer(EntryCodec.HEADER_BYTES + capacity);
        out.u8(EntryCodec.VERSION).i64(0).i32(0); // Time and count are known when the entry is closed.
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

    /** The whole entry, which nothing may be added to after. */
    public Bytes close(long atMillis) {
        out.setI64(EntryCodec.AT_OFFSET, atMillis).setI32(EntryCodec.COUNT_OFFSET, count);
        return out.bytes();
    }
}
