package weir.kafka.produce;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.ByteUtils;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;
import weir.kafka.produce.Production.OfPartition;
import weir.kafka.produce.Production.OfTopic;
import weir.kafka.wire.MalformedFrameException;

/**
 * Reads produce requests by hand, versions 3 to 13: they are as large as a request may be, so that what is made of them is bounded here, and are what most requests
 * are. Records stay where they lie.
 */
final class ProductionReader {
    static final int OLDEST = 3;
    static final int NEWEST = 13;

    private static final int FLEXIBLE = 9;
    private static final int BY_ID = 13;

    private final ByteBuffer in;
    private final boolean flexible;
    private final boolean byId;
    private int partitions;

    private ProductionReader(ByteBuffer in, short version) {
        this.in = in;
        this.flexible = version >= FLEXIBLE;
        this.byId = version >= BY_ID;
    }

    static Production read(ByteBuffer body, short version) throws MalformedFrameException {
        try {
            return new ProductionReader(body, version).production();
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new MalformedFrameException("a produce request cannot be read: " + e, e);
        }
    }

    private Production production() throws MalformedFrameException {
        String transactionalId = nullableText();
        short acks = in.getShort();
        in.getInt(); // A timeout; ours is that of any call.
        int count = count();
        List<OfTopic> topics = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            topics.add(topic());
        }
        skipTags();
        if (in.hasRemaining()) {
            throw new MalformedFrameException("a produce request has " + in.remaining() + " bytes more than it says");
        }
        return new Production(transactionalId, acks, topics);
    }

    private OfTopic topic() throws MalformedFrameException {
        String name = byId ? "" : text();
        Uuid id = byId ? new Uuid(in.getLong(), in.getLong()) : Uuid.ZERO_UUID;
        int count = count();
        List<OfPartition> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int index = in.getInt();
            all.add(new OfPartition(index, records()));
            skipTags();
        }
        skipTags();
        return new OfTopic(name, id, all);
    }

    /** Of topics or partitions, all of which count together. */
    private int count() throws MalformedFrameException {
        int count = flexible ? ByteUtils.readUnsignedVarint(in) - 1 : in.getInt();
        if (count < 0 || count > ProduceLimits.PARTITIONS_MAX - partitions) {
            throw new MalformedFrameException("a produce request of " + count
                    + " topics or partitions more; allowed are " + ProduceLimits.PARTITIONS_MAX + " in all");
        }
        partitions += count;
        return count;
    }

    private @Nullable Bytes records() throws MalformedFrameException {
        return bytes(flexible ? ByteUtils.readUnsignedVarint(in) - 1 : in.getInt());
    }

    private String text() throws MalformedFrameException {
        String text = nullableText();
        if (text == null) {
            throw new MalformedFrameException("a topic without a name");
        }
        return text;
    }

    private @Nullable String nullableText() throws MalformedFrameException {
        Bytes text = bytes(flexible ? ByteUtils.readUnsignedVarint(in) - 1 : in.getShort());
        return text == null ? null : new String(text.array(), text.offset(), text.length(), StandardCharsets.UTF_8);
    }

    private @Nullable Bytes bytes(int length) throws MalformedFrameException {
        if (length == -1) {
            return null;
        }
        if (length < 0 || length > in.remaining()) {
            throw new MalformedFrameException("a field of " + length + " bytes, where there are " + in.remaining());
        }
        Bytes bytes = new Bytes(in.array(), in.arrayOffset() + in.position(), length);
        in.position(in.position() + length);
        return bytes;
    }

    private void skipTags() throws MalformedFrameException {
        if (!flexible) {
            return;
        }
        int tags = ByteUtils.readUnsignedVarint(in);
        for (int i = 0; i < tags; i++) {
            ByteUtils.readUnsignedVarint(in);
            int length = ByteUtils.readUnsignedVarint(in);
            if (length < 0 || length > in.remaining()) {
                throw new MalformedFrameException("a tag of " + length + " bytes, where there are " + in.remaining());
            }
            in.position(in.position() + length);
        }
    }
}
