package weir.cluster.ratis;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;

/**
 * Puts the pieces of a large entry together again. Owned by the thread that applies, and a function of the pieces alone, so
 * every replica arrives at the same entries; after a restart it begins empty, which is right because a checkpoint is made
 * of whole entries.
 */
final class Assembly {
    /** The entry being put together: an array to fill, or the proposer's own. */
    private @Nullable Bytes entry;

    private boolean filling;
    private int filled;

    /**
     * @param original the entry as its proposer has it, on that node
     * @return the entry if {@code piece} was its last; nothing if more is to come, or if the piece is void
     */
    Optional<Bytes> add(Piece piece, @Nullable Bytes original) {
        if (piece.offset() == 0) {
            filled = 0;
            filling = original == null && !piece.isWhole();
            entry = original != null ? original : filling ? Bytes.of(new byte[piece.total()]) : piece.bytes();
        }
        var current = entry;
        if (current == null || current.length() != piece.total() || filled != piece.offset()) {
            entry = null;
            return Optional.empty();
        }
        var bytes = piece.bytes();
        if (filling) {
            System.arraycopy(bytes.array(), bytes.offset(), current.array(), filled, bytes.length());
        }
        filled += bytes.length();
        if (!piece.isLast()) {
            return Optional.empty();
        }
        entry = null;
        return Optional.of(current);
    }
}
