package weir.cluster.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import weir.cluster.damage.Verdict;
import weir.storage.CorruptStoreException;
import weir.storage.Pace;
import weir.storage.SimulatedFileSystem;

/** Every way in which a replica's files can be damaged: it is found, told with the file's name, and mended from the leader. */
class DamagedFilesTest {
    private static final Path SEGMENT = TestReplica.DIRECTORY.resolve("segment-0000000000000000001");
    private static final Path MANIFEST = TestReplica.DIRECTORY.resolve("manifest-0000000000000000002");
    private static final int HEADER_BYTES = 24;

    enum Found {
        AT_THE_START,
        BY_LOOKING_FOR_IT
    }

    enum Damage {
        MANIFEST_BIT(MANIFEST, Found.AT_THE_START) {
            @Override
            void befall(SimulatedFileSystem files) {
                files.flipBit(MANIFEST, 8L * 40);
            }
        },
        MANIFEST_TORN(MANIFEST, Found.AT_THE_START) {
            @Override
            void befall(SimulatedFileSystem files) {
                files.truncate(MANIFEST, files.content(MANIFEST).length - 1);
            }
        },
        MANIFEST_LOST(TestReplica.DIRECTORY.resolve("manifest-0000000000000000001"), Found.AT_THE_START) {
            @Override
            void befall(SimulatedFileSystem files) throws IOException {
                files.delete(MANIFEST); // The newest segment shows that there was one.
            }
        },
        SEGMENT_HEADER_BIT(SEGMENT, Found.AT_THE_START) {
            @Override
            void befall(SimulatedFileSystem files) {
                files.flipBit(SEGMENT, 3);
            }
        },
        SEGMENT_PAYLOAD_BIT(SEGMENT, Found.BY_LOOKING_FOR_IT) {
            @Override
            void befall(SimulatedFileSystem files) {
                files.flipBit(SEGMENT, 8L * (HEADER_BYTES + 100));
            }
        },
        SEGMENT_FOOTER_BIT(SEGMENT, Found.AT_THE_START) {
            @Override
            void befall(SimulatedFileSystem files) {
                files.flipBit(SEGMENT, 8L * (files.content(SEGMENT).length - 30));
            }
        },
        SEGMENT_TRAILER_BIT(SEGMENT, Found.AT_THE_START) {
            @Override
            void befall(SimulatedFileSystem files) {
                files.flipBit(SEGMENT, 8L * (files.content(SEGMENT).length - 1));
            }
        },
        SEGMENT_TORN(SEGMENT, Found.AT_THE_START) {
            @Override
            void befall(SimulatedFileSystem files) {
                files.truncate(SEGMENT, files.content(SEGMENT).length / 2);
            }
        },
        SEGMENT_LOST(SEGMENT, Found.AT_THE_START) {
            @Override
            void befall(SimulatedFileSystem files) throws IOException {
                files.delete(SEGMENT);
            }
        };

        final Path named;
        final Found found;

        Damage(Path named, Found found) {
            this.named = named;
            this.found = found;
        }

        abstract void befall(SimulatedFileSystem files) throws IOException;
    }

    private static void fill(TestReplica replica) throws IOException, InterruptedException {
        replica.configure();
        replica.publish(10, 1000);
        replica.checkpoint();
        replica.publish(10, 1000);
        replica.checkpoint();
    }

    @ParameterizedTest
    @EnumSource
    void damageIsFoundToldAndMendedFromTheLeader(Damage damage) throws Exception {
        try (TestReplica leader = new TestReplica(1);
                TestReplica other = new TestReplica(2)) {
            fill(leader);
            fill(other);
            damage.befall(other.files);
            switch (damage.found) {
                case AT_THE_START ->
                    assertThatThrownBy(other::restarted)
                            .isInstanceOf(CorruptStoreException.class)
                            .hasMessageContaining(damage.named.toString())
                            .matches(e -> Verdict.of(e, true) == Verdict.SET_ASIDE)
                            .matches(e -> Verdict.of(e, false) == Verdict.END_PROCESS);
                case BY_LOOKING_FOR_IT -> {
                    other.replica.checkpointer().scrub(Pace.NONE);
                    assertThat(other.failures).hasSize(1);
                    assertThat(other.failures.getFirst())
                            .hasMessageContaining(damage.named.toString())
                            .matches(e -> Verdict.of(e, true) == Verdict.SET_ASIDE);
                }
            }
            try (TestReplica anew = new TestReplica(3)) { // What was damaged is set aside.
                anew.catchesUpFrom(leader);
                anew.catchUp(leader.index + 1);
                anew.assertSameAs(leader);
                anew.replica.checkpointer().scrub(Pace.NONE);
                assertThat(anew.failures).isEmpty();
            }
        }
    }

    @Test
    void aFileOfANewerProgramIsNoDamage() throws Exception {
        try (TestReplica replica = new TestReplica(1)) {
            fill(replica);
            replica.files.flipBit(SEGMENT, 8 * 11 + 1); // Version 1 becomes 3.
            assertThatThrownBy(replica::restarted)
                    .hasMessageContaining("Start the newer program")
                    .matches(e -> Verdict.of(e, true) == Verdict.END_PROCESS);
        }
    }

    @Test
    void lookingForDamageReadsEverythingAtThePaceItIsGiven() throws Exception {
        try (TestReplica replica = new TestReplica(1)) {
            fill(replica);
            long[] read = {0};
            replica.replica.checkpointer().scrub(bytes -> read[0] += bytes);
            assertThat(read[0]).isGreaterThan(20 * 1000);
            assertThat(replica.failures).isEmpty();
        }
    }
}
