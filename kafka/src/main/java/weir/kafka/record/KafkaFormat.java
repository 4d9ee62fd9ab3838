package weir.kafka.record;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import weir.core.Bytes;
import weir.core.Message;
import weir.core.Message.Header;
import weir.core.codec.CorruptDataException;
import weir.core.codec.MessageFormat;
import weir.kafka.record.OpenedBatch.Opened;
import weir.kafka.record.OpenedBatch.OpenedHeader;

/**
 * Shows a Kafka record as every front can read it ({@code docs/messages.md} has the table). Whoever reads one message of a batch reads the next one,
 * too, so what was opened last is kept for a while: a batch is opened once, not once for each of its records. Safe for any thread.
 */
public final class KafkaFormat implements MessageFormat {
    /** The format of record batches as Kafka's producers write them. */
    public static final int CODE = 3;

    private static final long MILLIS_PER_SECOND = 1_000;

    /** A payload by where it lies: the same bytes read again elsewhere are another. */
    private record Place(int array, int offset, int length) {}

    private record Kept(Bytes payload, OpenedBatch batch) {}

    /** In the order of use. Guarded by its monitor. */
    private final Map<Place, Kept> opened = new LinkedHashMap<>(16, 0.75f, true);

    private long keptBytes;

    @Override
    public int code() {
        return CODE;
    }

    @Override
    public Message read(Bytes payload, int index) {
        List<Opened> records = open(payload).records();
        if (index < 0 || index >= records.size()) {
            throw new CorruptDataException("no record " + index + " in a batch of " + records.size());
        }
        return message(records.get(index));
    }

    private OpenedBatch open(Bytes payload) {
        Place place = new Place(System.identityHashCode(payload.array()), payload.offset(), payload.length());
        synchronized (opened) {
            Kept kept = opened.get(place);
            if (kept != null && isSame(kept.payload().array(), payload.array())) {
                return kept.batch();
            }
        }
        OpenedBatch batch = OpenedBatch.of(payload);
        synchronized (opened) {
            Kept before = opened.put(place, new Kept(payload, batch));
            keptBytes += batch.bytes() - (before == null ? 0 : before.batch().bytes());
            var eldest = opened.entrySet().iterator();
            while (opened.size() > RecordLimits.OPENED_KEPT_MAX
                    || (keptBytes > RecordLimits.OPENED_KEPT_BYTES_MAX && opened.size() > 1)) {
                keptBytes -= eldest.next().getValue().batch().bytes();
                eldest.remove();
            }
        }
        return batch;
    }

    /** A place is good while the array is kept, as by the map; equal bytes elsewhere are not looked at. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean isSame(byte[] one, byte[] other) {
        return one == other;
    }

    private static Message message(Opened record) {
        List<Header> headers = new ArrayList<>();
        for (OpenedHeader header : record.headers()) {
            Bytes value = header.value() == null ? Bytes.EMPTY : header.value();
            String name = Names.shown(header.name());
            headers.add(new Header(name, isText(value) ? Names.TEXT : Names.BINARY, value));
        }
        if (record.key() != null) {
            headers.add(new Header(Names.KEY, isText(record.key()) ? Names.TEXT : Names.BINARY, record.key()));
        }
        if (record.timestamp() >= 0) {
            add(headers, Names.TIMESTAMP_SECONDS, record.timestamp() / MILLIS_PER_SECOND);
            add(headers, Names.TIMESTAMP_MILLIS, record.timestamp());
        }
        if (record.value() == null) {
            add(headers, Names.NULL, 1);
            return new Message(headers, Bytes.EMPTY);
        }
        return new Message(headers, record.value());
    }

    private static void add(List<Header> headers, String name, long number) {
        headers.add(new Header(name, Names.NUMBER, Bytes.utf8(Long.toString(number))));
    }

    private static boolean isText(Bytes value) {
        try {
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(value.array(), value.offset(), value.length()));
            return true;
        } catch (CharacterCodingException _) {
            return false;
        }
    }
}
