package weir.core.codec;

import weir.core.Bytes;
import weir.core.Message;

/** Shows what one front stored in an encoding of its own in the form that all others read. */
public interface MessageFormat {
    /** The {@link weir.core.Batch#format} of what it shows; nobody else's, and never given to anything else. */
    int code();

    /**
     * One message of a batch.
     *
     * @param payload of the whole stored batch
     * @param index which of its messages
     * @throws CorruptDataException if it cannot be what the front wrote
     */
    Message read(Bytes payload, int index);
}
