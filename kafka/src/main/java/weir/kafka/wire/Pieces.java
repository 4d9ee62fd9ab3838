package weir.kafka.wire;

import java.util.List;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.RecordsSend;
import weir.core.Bytes;

/** Records as pieces of memory that lie where they were read, to be written one after the other. */
public record Pieces(List<Bytes> pieces, int sizeInBytes) implements BaseRecords {
    public static final Pieces NONE = new Pieces(List.of(), 0);

    public Pieces {
        pieces = List.copyOf(pieces);
    }

    /** Kafka's own network code would ask for it; {@link AnswerWriter} does not. */
    @Override
    public RecordsSend<BaseRecords> toSend() {
        throw new UnsupportedOperationException("written by an AnswerWriter");
    }
}
