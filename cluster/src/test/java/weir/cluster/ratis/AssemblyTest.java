package weir.cluster.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import weir.core.Bytes;

final class AssemblyTest {
    private static final Bytes LARGE = RatisEngineTest.random(2 * RatisSettings.PIECE_BYTES_MAX + 5);
    private static final Bytes OTHER = RatisEngineTest.random(2 * RatisSettings.PIECE_BYTES_MAX + 6);
    private static final Bytes SMALL = Bytes.utf8("small");

    private final Assembly assembly = new Assembly();

    /** As another node, or a restart, reads it. */
    private Optional<Bytes> read(Piece piece) {
        return assembly.add(Piece.read(ByteString.copyFrom(piece.stored().toByteArray())), null);
    }

    @Test
    void piecesInOrderMakeTheEntry() {
        var pieces = Piece.of(LARGE);
        assertThat(pieces).hasSize(3);
        assertThat(read(pieces.get(0))).isEmpty();
        assertThat(read(pieces.get(1))).isEmpty();
        assertThat(read(pieces.get(2))).contains(LARGE);
        assertThat(read(Piece.of(SMALL).getFirst())).contains(SMALL);
    }

    @Test
    void anEntryWhoseProposerLostTheLeadIsVoid() {
        var pieces = Piece.of(LARGE);
        read(pieces.get(0));
        assertThat(read(Piece.of(SMALL).getFirst())).contains(SMALL);
        assertThat(read(pieces.get(1))).isEmpty();
        assertThat(read(pieces.get(2))).isEmpty();
        var other = Piece.of(OTHER);
        read(pieces.get(0));
        read(pieces.get(1));
        read(other.get(0));
        read(other.get(1));
        assertThat(read(other.get(2))).contains(OTHER);
    }

    @Test
    void theProposersArrayIsUsedEvenIfItsNodeIsToldToReadTheRest() {
        var pieces = Piece.of(LARGE);
        assembly.add(pieces.get(0), LARGE);
        read(pieces.get(1));
        assertThat(read(pieces.get(2)).orElseThrow().array()).isSameAs(LARGE.array());
    }

    @Test
    void whatThisVersionCannotReadIsNotSkipped() {
        assertThatThrownBy(() -> Piece.read(ByteString.copyFrom(new byte[] {9, 1, 2})))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cannot read");
        assertThatThrownBy(() -> Piece.read(ByteString.EMPTY)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> Piece.read(ByteString.copyFrom(new byte[] {2, 127, 0, 0, 0, 0, 0, 0, 0, 1})))
                .isInstanceOf(IllegalStateException.class);
    }
}
