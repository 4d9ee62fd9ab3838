package weir.kafka.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import weir.core.Bytes;
import weir.core.codec.CorruptDataException;

/** What counts of the offsets topic. */
class LatestRecordsTest {
    private static final short EPOCH = 0;

    private final LatestRecords latest = new LatestRecords();

    @Test
    void ofEachKeyTheLatestRecordCounts() {
        latest.add(0, records(0, 0, record("a", "1"), record("b", "1")));
        latest.add(1, records(1, 2, record("a", "2")));
        assertThat(survivors()).containsExactly("b=1@1", "a=2@2");
        assertThat(latest.endOffset()).isEqualTo(3);
    }

    @Test
    void anEntryThatLiesElsewhereThanItsWriterExpectedIsVoid() {
        latest.add(0, records(0, 0, record("a", "1")));
        latest.add(2, records(1, 1, record("a", "void")));
        latest.add(3, rewritten(1, 9, kept(8, "a", "void")));
        assertThat(survivors()).containsExactly("a=1@0");
        assertThat(latest.endOffset()).isEqualTo(1);
    }

    @Test
    void aKeyWithoutValueIsGone() {
        latest.add(0, records(0, 0, record("a", "1"), record("b", "1")));
        latest.add(1, records(1, 2, record("a", null)));
        assertThat(survivors()).containsExactly("b=1@1");
    }

    @Test
    void whatIsRewrittenBehindANewerRecordDoesNotHideIt() {
        latest.add(7, records(7, 20, record("a", "new"), record("gone", null)));
        latest.add(8, rewritten(8, 22, kept(3, "a", "old"), kept(4, "gone", "old"), kept(5, "b", "old")));
        assertThat(survivors()).containsExactly("b=old@5", "a=new@20");
        assertThat(latest.endOffset()).isEqualTo(22);
    }

    @Test
    void anEntryThatIsReadTwiceCountsOnce() {
        OffsetsEntry entry = records(0, 0, record("a", "1"));
        latest.add(0, entry);
        latest.add(0, entry);
        assertThat(survivors()).containsExactly("a=1@0");
    }

    @Test
    void recordsOfATransactionCountOnceItIsCommitted() {
        latest.add(0, transactional(0, 0, 7, record("a", "1")));
        latest.add(1, transactional(1, 1, 8, record("b", "1")));
        latest.add(2, transactional(2, 2, 9, record("c", "1")));
        latest.add(3, marker(3, 3, 7, ControlRecordType.COMMIT));
        latest.add(4, marker(4, 4, 8, ControlRecordType.ABORT));
        assertThat(latest.survivors())
                .extracting(KeptRecord::producerId, record -> record.key().utf8())
                .containsExactly(tuple(KeptRecord.NO_PRODUCER, "a"), tuple(9L, "c"));
    }

    @Test
    void aMarkerEndsOnlyWhatCameBeforeIt() {
        latest.add(0, marker(0, 0, 7, ControlRecordType.ABORT));
        latest.add(1, transactional(1, 1, 7, record("a", "1")));
        assertThat(latest.survivors()).extracting(KeptRecord::producerId).containsExactly(7L);
    }

    @Test
    void entriesAreReadAsTheyWereWritten() {
        for (OffsetsEntry entry : List.of(
                new OffsetsEntry.Claim(3),
                records(5, 6, record("a", "1")),
                rewritten(8, 22, kept(3, "a", "1"), new KeptRecord(4, 7, (short) 2, Bytes.utf8("b"), null)))) {
            assertThat(OffsetsEntry.decode(entry.encoded())).isEqualTo(entry);
        }
    }

    /** Golden bytes: what earlier releases wrote is read for ever. */
    @Test
    void entriesHaveTheseBytes() {
        assertThat(hex(new OffsetsEntry.Claim(3))).isEqualTo("01" + "00000003");
        assertThat(hex(new OffsetsEntry.Records(5, 6, Bytes.utf8("xy"))))
                .isEqualTo("02" + "0000000000000005" + "0000000000000006" + "7879");
        assertThat(hex(rewritten(8, 22, kept(3, "a", "1"))))
                .isEqualTo("03" + "0000000000000008" + "0000000000000016" + "03" + "ffffffffffffffffff01" + "ffffffff"
                        + "0161" + "01" + "0131");
    }

    @Test
    void whatNobodyWroteIsRefused() {
        assertThatThrownBy(() -> OffsetsEntry.decode(Bytes.of(new byte[] {9})))
                .isInstanceOf(CorruptDataException.class);
        assertThatThrownBy(() -> OffsetsEntry.decode(Bytes.EMPTY)).isInstanceOf(CorruptDataException.class);
        assertThatThrownBy(() -> OffsetsEntry.decode(Bytes.of(new byte[] {1, 0})))
                .isInstanceOf(CorruptDataException.class);
    }

    private Stream<String> survivors() {
        return latest.survivors().stream()
                .map(record -> record.key().utf8() + "="
                        + (record.value() == null ? null : record.value().utf8()) + "@" + record.offset());
    }

    private static String hex(OffsetsEntry entry) {
        return HexFormat.of().formatHex(entry.encoded().toArray());
    }

    private static OffsetsEntry rewritten(long expectedAt, long end, KeptRecord... records) {
        return new OffsetsEntry.Rewritten(expectedAt, end, List.of(records));
    }

    private static KeptRecord kept(long offset, String key, String value) {
        return new KeptRecord(offset, KeptRecord.NO_PRODUCER, (short) -1, Bytes.utf8(key), Bytes.utf8(value));
    }

    private static SimpleRecord record(String key, @Nullable String value) {
        return new SimpleRecord(
                0L,
                Bytes.utf8(key).toArray(),
                value == null ? null : Bytes.utf8(value).toArray());
    }

    private static OffsetsEntry records(long expectedAt, long firstOffset, SimpleRecord... records) {
        return entry(expectedAt, firstOffset, MemoryRecords.withRecords(Compression.NONE, records));
    }

    private static OffsetsEntry transactional(long expectedAt, long firstOffset, long producer, SimpleRecord record) {
        return entry(
                expectedAt,
                firstOffset,
                MemoryRecords.withTransactionalRecords(Compression.NONE, producer, EPOCH, 0, record));
    }

    private static OffsetsEntry marker(long expectedAt, long firstOffset, long producer, ControlRecordType type) {
        return entry(
                expectedAt,
                firstOffset,
                MemoryRecords.withEndTransactionMarker(producer, EPOCH, new EndTransactionMarker(type, 0)));
    }

    private static OffsetsEntry entry(long expectedAt, long firstOffset, MemoryRecords records) {
        ByteBuffer buffer = records.buffer().duplicate();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return new OffsetsEntry.Records(expectedAt, firstOffset, Bytes.of(bytes));
    }
}
