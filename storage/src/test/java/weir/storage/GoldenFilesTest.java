package weir.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.LogId;
import weir.core.PartitionId;
import weir.core.shard.StoredBatch;

/** Files written by version 1 are read, and version 1 is still what is written: the bytes below may not change. */
class GoldenFilesTest {
    private static final Path DIRECTORY = Path.of("golden");
    private static final Path MANIFEST = DIRECTORY.resolve("manifest-0000000000000000001");
    private static final Path SEGMENT = DIRECTORY.resolve("segment-0000000000000000001");
    private static final LogId FIRST = new LogId(new PartitionId(1, 0), 0);
    private static final LogId SECOND = new LogId(new PartitionId(300, 2), 5);
    private static final StoredBatch PLAIN = new StoredBatch(0, 1_700_000_000_000L, 1, 5, List.of(Envelope.PLAIN));
    private static final StoredBatch GROUPED =
            new StoredBatch(1, 1_699_999_999_999L, 2, 3, List.of(new Envelope("g", "d", 7, 9, null), Envelope.PLAIN));
    private static final StoredBatch OTHER = new StoredBatch(1000, 12, 1, 2, List.of(Envelope.PLAIN));

    private static final String MANIFEST_BYTES = ""
            + "574549524d414e4900000001" // magic, version
            + "01034d01" // generation, term, index, count of segments
            + "0193014f409989" // id, length, CRC32C of the footer
            + "057374617465417aa82c"; // state, CRC32C

    private static final String SEGMENT_BYTES = ""
            + "574549525345474d000000010000000000000001dcd7e3bc" // header: magic, version, id, CRC32C
            + "68656c6c6f616263" // payloads of the first log
            + "0100000080a0abfef9620118059a71bb4c01000001020003364b3fb7020f0167016407090071e5ce78" // its meta
            + "7a7a" // payload of the second log
            + "ac020205e80718014902ee132c36010051ac1551" // its meta
            + "0100000100030302082908ac02020501e807010101021402" // footer
            + "000000000000005f000000184f4099895745495253454e446c4ab6c5"; // trailer

    private static final String PLAIN_SEGMENT_BYTES = ""
            + "574549525345474d000000010000000000000001dcd7e3bc"
            + "6d616e79"
            + "0100000780a0abfef9620318049aca29f800a08d063ec2dc60" // 0, and a number, in the place of messages
            + "0100000107a08d06a08d06a08d06041904"
            + "0000000000000035000000116390575b5745495253454e441929a8fc";

    private final SimulatedFileSystem files = new SimulatedFileSystem(1);

    private static SimpleLiveness liveness() {
        SimpleLiveness live = new SimpleLiveness();
        live.add(FIRST, 0, 1);
        live.add(FIRST, 2, 3);
        live.add(SECOND, 1000, 1001);
        return live;
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @Test
    void version1IsWritten() throws IOException {
        try (ShardStore store = ShardStore.open(files, DIRECTORY)) {
            store.attach(liveness());
            store.append(SECOND, OTHER, Bytes.utf8("zz"));
            store.append(FIRST, PLAIN, Bytes.utf8("hello"));
            store.append(FIRST, GROUPED, Bytes.utf8("abc"));
            CheckpointJob job = store.freeze(3, 77, Bytes.utf8("state"), liveness());
            job.write();
            store.install(job);
        }
        assertThat(hex(files.content(SEGMENT))).isEqualTo(SEGMENT_BYTES);
        assertThat(hex(files.content(MANIFEST))).isEqualTo(MANIFEST_BYTES);
    }

    @Test
    void version1IsRead() throws IOException {
        put(SEGMENT, SEGMENT_BYTES);
        put(MANIFEST, MANIFEST_BYTES);
        try (ShardStore store = ShardStore.open(files, DIRECTORY)) {
            assertThat(store.checkpoint()).contains(new Checkpoint(3, 77, Bytes.utf8("state")));
            store.attach(liveness());
            assertThat(store.read(FIRST, 0, 10)).containsExactly(PLAIN, GROUPED);
            assertThat(store.read(SECOND, 0, 10)).containsExactly(OTHER);
            assertThat(store.locate(FIRST, 0).read().utf8()).isEqualTo("hello");
            assertThat(store.locate(FIRST, 1).read().utf8()).isEqualTo("abc");
            assertThat(store.locate(SECOND, 1000).read().utf8()).isEqualTo("zz");
        }
    }

    @Test
    void severalPlainMessagesAreACountFromEdition5On() throws IOException {
        StoredBatch many = new StoredBatch(7, 1_700_000_000_000L, 3, 4, Envelope.plain(100_000));
        SimpleLiveness live = new SimpleLiveness();
        live.add(FIRST, 7, 100_007);
        try (ShardStore store = ShardStore.open(files, DIRECTORY)) {
            store.attach(live);
            store.append(FIRST, many, Bytes.utf8("many"));
            CheckpointJob job = store.freeze(3, 77, Bytes.utf8("state"), live);
            job.write();
            store.install(job);
            assertThat(store.read(FIRST, 50_000, 10)).containsExactly(many);
        }
        assertThat(hex(files.content(SEGMENT))).isEqualTo(PLAIN_SEGMENT_BYTES);
        try (ShardStore store = ShardStore.open(files, DIRECTORY)) {
            store.attach(live);
            assertThat(store.read(FIRST, 7, 10)).containsExactly(many);
        }
    }

    private void put(Path file, String hex) throws IOException {
        try (FileSystem.Appender out = files.create(file)) {
            out.write(ByteBuffer.wrap(HexFormat.of().parseHex(hex)));
        }
    }
}
