package weir.storage;

import weir.core.Bytes;
import weir.core.Check;

/**
 * A machine's state as of one entry of its replicated log.
 *
 * @param term of that entry
 * @param index of that entry; all up to it is in the state and the segments, none after it
 * @param state as the machine wrote it; opaque here
 */
public record Checkpoint(long term, long index, Bytes state) {
    public Checkpoint {
        Check.atLeast("term", term, 0);
        Check.atLeast("index", index, 0);
    }
}
