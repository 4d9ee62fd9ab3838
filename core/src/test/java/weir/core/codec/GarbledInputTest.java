package weir.core.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import weir.core.Bytes;
import weir.core.PartitionId;
import weir.core.RandomNouns;
import weir.core.catalog.CatalogMachine;
import weir.core.shard.Command;

/** Whatever the bytes, a decoder answers with a value or with {@link CorruptDataException}, and asks for little memory. */
final class GarbledInputTest {
    private static final int MUTATIONS = 200;

    /** Of objects for each byte of input: a command, its lists and their copies. A garbled count asked for far more. */
    private static final long ALLOCATED_PER_BYTE_MAX = 256;

    /** The first failure of each kind makes the JVM link code of its own on this thread. */
    private static final long ALLOCATED_ANYWAY_MAX = 4 * 1024 * 1024;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private record Form(String name, Bytes valid, Consumer<Bytes> decoder) {}

    static LongStream seeds() {
        return RandomNouns.seeds(50);
    }

    private static List<Form> forms(long seed) {
        RandomNouns nouns = new RandomNouns(seed);
        Writer envelope = new Writer(0);
        EnvelopeCodec.write(envelope, nouns.envelope());
        Writer settings = new Writer(0);
        SettingsCodec.write(settings, nouns.settings());
        Writer lease = new Writer(0);
        IdCodec.write(lease, nouns.lease());
        Writer reply = new Writer(0);
        ReplyCodec.write(reply, nouns.replyOfEachKind().get((int) (seed % 7)));
        PartitionId partition = nouns.partition();
        Writer receipt = new Writer(0);
        ReceiptCodec.write(receipt, partition, nouns.receipt(partition));
        Writer peeked = new Writer(0);
        LookCodec.write(peeked, nouns.peeked());
        Writer status = new Writer(0);
        LookCodec.write(status, nouns.status());
        Writer fetches = new Writer(0);
        FetchCodec.writeFetches(fetches, nouns.fetches());
        Writer fetched = new Writer(0);
        FetchCodec.write(fetched, nouns.fetched());
        Writer offsets = new Writer(0);
        FetchCodec.write(offsets, nouns.offsets());
        Writer catalogReply = new Writer(0);
        CatalogReplyCodec.write(catalogReply, nouns.catalogReplyOfEachKind().get((int) (seed % 6)));
        return List.of(
                new Form("reply", reply.bytes(), bytes -> ReplyCodec.read(new Reader(bytes))),
                new Form("receipt", receipt.bytes(), bytes -> ReceiptCodec.read(new Reader(bytes))),
                new Form("peeked", peeked.bytes(), bytes -> LookCodec.readPeeked(new Reader(bytes))),
                new Form("status", status.bytes(), bytes -> LookCodec.readStatus(new Reader(bytes))),
                new Form("fetches", fetches.bytes(), bytes -> FetchCodec.readFetches(new Reader(bytes))),
                new Form("fetched", fetched.bytes(), bytes -> FetchCodec.read(new Reader(bytes))),
                new Form("offsets", offsets.bytes(), bytes -> FetchCodec.readOffsets(new Reader(bytes))),
                new Form("catalog reply", catalogReply.bytes(), bytes -> CatalogReplyCodec.read(new Reader(bytes))),
                new Form("envelope", envelope.bytes(), bytes -> EnvelopeCodec.read(new Reader(bytes))),
                new Form("settings", settings.bytes(), bytes -> SettingsCodec.read(new Reader(bytes))),
                new Form("lease", lease.bytes(), bytes -> IdCodec.readLease(new Reader(bytes))),
                new Form("partition", lease.bytes(), bytes -> IdCodec.readPartition(new Reader(bytes))),
                new Form("message", MessageCodec.encode(nouns.message()), MessageCodec::decode),
                new Form(
                        "entry",
                        EntryCodec.encode(seed, nouns.commandOfEachKind()),
                        bytes -> EntryCodec.decode(1, bytes)),
                new Form(
                        "catalog entry",
                        CatalogCodec.encode(seed, nouns.catalogCommandOfEachKind()),
                        bytes -> CatalogCodec.decode(1, bytes)),
                new Form("catalog snapshot", CatalogCodec.encode(nouns.catalogSnapshot()), CatalogMachine::restore));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void mutatedInputGivesValueOrCorruptDataException(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (Form form : forms(seed)) {
            for (int i = 0; i < MUTATIONS; i++) {
                decode(form, mutated(random, form.valid()));
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyTruncatedFormThatKnowsItsLengthIsCorrupt(long seed) {
        for (Form form : forms(seed)) {
            for (int length = 0; length < form.valid().length(); length++) {
                Bytes cut = Bytes.of(form.valid().slice(0, length).toArray());
                boolean corrupt = !decode(form, cut);
                // A message's body goes on to the end of its payload, and the lease's bytes are more than a
                // partition's.
                if (!form.name().equals("message") && !form.name().equals("partition")) {
                    assertThat(corrupt).as(form.name() + " cut at " + length).isTrue();
                }
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void noiseGivesValueOrCorruptDataException(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (Form form : forms(seed)) {
            for (int i = 0; i < MUTATIONS; i++) {
                byte[] noise = new byte[random.nextInt(64)];
                random.nextBytes(noise);
                decode(form, Bytes.of(noise));
            }
        }
    }

    @Test
    void bytesAfterTheEndAreCorrupt() {
        for (Form form : forms(1)) {
            if (form.name().contains("entry") || form.name().contains("snapshot")) {
                byte[] longer =
                        Arrays.copyOf(form.valid().toArray(), form.valid().length() + 1);
                assertThat(decode(form, Bytes.of(longer))).as(form.name()).isFalse();
            }
        }
    }

    @Test
    void unknownCommandsVersionsAndFlagsAreCorrupt() {
        byte[] entry = EntryCodec.encode(1, List.of(new Command.Tick())).toArray();
        byte[] version = entry.clone();
        version[0]++;
        byte[] tag = entry.clone();
        tag[entry.length - 1] = 99;
        assertThatThrownBy(() -> EntryCodec.decode(1, Bytes.of(version)))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("version 2");
        assertThatThrownBy(() -> EntryCodec.decode(1, Bytes.of(tag)))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("tag 99");
        assertThatThrownBy(() -> EnvelopeCodec.read(new Reader(Bytes.of(new byte[] {64}))))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("flags 64");
    }

    @Test
    void textThatIsNotUtf8IsCorrupt() {
        assertThatThrownBy(() -> new Reader(Bytes.of(new byte[] {1, (byte) 0xFF})).text())
                .isInstanceOf(CorruptDataException.class);
        assertThat(new Reader(new Writer(0).text("\uFFFD").bytes()).text()).isEqualTo("\uFFFD");
    }

    /** Whether the bytes were a value. */
    private static boolean decode(Form form, Bytes input) {
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        boolean value;
        try {
            form.decoder().accept(input);
            value = true;
        } catch (CorruptDataException _) {
            value = false;
        }
        assertThat(THREADS.getCurrentThreadAllocatedBytes() - allocated)
                .as("bytes allocated for a " + form.name() + " of " + input.length())
                .isLessThan(ALLOCATED_ANYWAY_MAX + ALLOCATED_PER_BYTE_MAX * input.length());
        return value;
    }

    private static Bytes mutated(SplittableRandom random, Bytes valid) {
        byte[] bytes = valid.toArray();
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt();
                case 2 -> bytes[at] = (byte) 0xFF;
                case 3 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 9), (byte) (random.nextInt(2) * 0xFF));
                default -> System.arraycopy(bytes, at, bytes, at / 2, bytes.length - at);
            }
        }
        return Bytes.of(bytes);
    }
}
