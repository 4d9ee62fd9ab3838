package weir.kafka.record;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.Message;
import weir.core.broker.FetchedBatch;
import weir.core.codec.CorruptDataException;
import weir.core.codec.Formats;
import weir.kafka.wire.Pieces;

/**
 * What is stored as Kafka's clients read it: their own batches with offsets in them, the rest of their bytes where they lie; what other fronts stored, as batches
 * of records made for it. Safe for any thread.
 */
public final class OutgoingRecords {
    private static final Logger LOG = LoggerFactory.getLogger(OutgoingRecords.class);

    private final Formats formats;

    public OutgoingRecords(Formats formats) {
        this.formats = formats;
    }

    public Pieces of(List<FetchedBatch> batches) {
        List<Bytes> pieces = new ArrayList<>(2 * batches.size());
        long bytes = 0;
        for (FetchedBatch batch : batches) {
            if (batch.format() == KafkaFormat.CODE && batch.payload().length() >= BatchHeader.BYTES) {
                BatchHeader header = new BatchHeader(batch.payload());
                pieces.add(header.patched(batch.baseOffset()));
                pieces.add(header.rest());
                bytes += batch.payload().length();
            } else {
                Bytes made = made(batch);
                pieces.add(made);
                bytes += made.length();
            }
        }
        return new Pieces(pieces, Math.toIntExact(bytes));
    }

    private Bytes made(FetchedBatch batch) {
        SimpleRecord[] records = new SimpleRecord[batch.messages().size()];
        for (int i = 0; i < records.length; i++) {
            records[i] = record(batch, i);
        }
        ByteBuffer buffer = MemoryRecords.withRecords(batch.baseOffset(), Compression.NONE, records)
                .buffer();
        return new Bytes(buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining());
    }

    private SimpleRecord record(FetchedBatch batch, int index) {
        long timestamp = batch.appendedAtMillis();
        Envelope envelope = batch.messages().get(index);
        byte @Nullable [] key =
                envelope.group() == null ? null : Bytes.utf8(envelope.group()).toArray();
        Message message;
        try {
            message = formats.read(batch.format(), batch.payload(), index);
        } catch (CorruptDataException e) { // A reader cannot pass it by if it is not given.
            LOG.warn("a message of format {} cannot be shown to Kafka's clients, who get it empty", batch.format(), e);
            return new SimpleRecord(timestamp, key, null);
        }
        List<Header> headers = new ArrayList<>();
        boolean isNull = false;
        for (Message.Header header : message.headers()) {
            if (header.name().equals(Names.NULL)) {
                isNull = true;
            } else if (header.name().equals(Names.KEY)) {
                key = header.value().toArray();
            } else {
                headers.add(new RecordHeader(
                        Names.inKafka(header.name()), header.value().toArray()));
            }
        }
        byte @Nullable [] value = isNull ? null : message.body().toArray();
        return new SimpleRecord(timestamp, key, value, headers.toArray(Header[]::new));
    }
}
