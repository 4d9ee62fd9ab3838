package weir.cluster.ratis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.replication.DamagedLogException;
import weir.cluster.replication.GroupId;

/**
 * Reads one segment file as Ratis 3.3.0 writes it, and judges what does not read.
 *
 * <p>The format: 8 bytes of header; then for each entry a frame: its length as a varint, the entry (a protobuf whose first
 * fields are term and index), and the CRC32C of both, big endian. The open segment ends in zeros, which Ratis writes ahead of
 * the entries, so a write that a crash cut short shows as zeros where the entry should go on.
 *
 * <p>Hence an unreadable frame in the open segment is a <em>torn end</em>, not damage, if
 * <ol>
 *   <li>a disk sector of it holds nothing but zeros, or the file ends in its midst, and
 *   <li>no readable entry stands behind it that is further away than {@link RatisSettings#FORCE_SYNC_ENTRIES}: an fsync had
 *       to come in between, so the unreadable one would have been on the disk. (After kill -9 none stands behind it at all;
 *       after a power cut the sectors of one unsynced write may have been written in any order.)
 * </ol>
 * What was never synced was never acknowledged, so a torn end is cut off. Everything else is damage. Two coincidences go
 * undetected: damage to one of the last entries if it also holds a whole sector of zeros, or hits its length.
 */
final class SegmentScan {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentScan.class);
    private static final byte[] HEADER = "RaftLog1".getBytes(StandardCharsets.US_ASCII);

    /** The least unit that a disk writes whole. */
    private static final int SECTOR_BYTES = 512;

    /** To compare with by words: a megabyte looked at by bytes would be felt at every start after a kill. */
    private static final ByteBuffer ZEROS = ByteBuffer.allocate(16 * 1024);

    private static final int CHECKSUM_BYTES = 4;

    /** The tags of the protobuf fields "term = 1" and "index = 2". A field that is zero is left out. */
    private static final byte TERM_TAG = 0x08;

    private static final byte INDEX_TAG = 0x10;

    private final GroupId group;
    private final Path file;
    private final long first;

    /** @param first the index of the first entry, as the file's name has it */
    SegmentScan(GroupId group, Path file, long first) {
        this.group = group;
        this.file = file;
        this.first = first;
    }

    /** @param end the offset behind it */
    private record Frame(long index, int end) {}

    /** Where reading stopped. */
    private record Stop(int at, long nextIndex, Kind kind) {
        enum Kind {
            END,
            TORN,
            DAMAGED
        }
    }

    /** @return the index after the last entry, which must be the one after {@code last} */
    long endOfClosed(long last) throws IOException {
        var stop = scan();
        if (stop.kind() != Stop.Kind.END || stop.nextIndex() != last + 1) {
            throw damaged(stop);
        }
        return stop.nextIndex();
    }

    /** Cuts off a torn end. @return the index after the last entry that is left */
    long endOfOpen() throws IOException {
        var stop = scan();
        switch (stop.kind()) {
            case END -> {}
            case TORN -> cut(stop);
            case DAMAGED -> throw damaged(stop);
        }
        return stop.nextIndex();
    }

    private void cut(Stop stop) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            LOG.warn(
                    "{}: the last write to {} was cut short by a crash. It was never acknowledged; entries from {} on are"
                            + " removed ({} bytes from {})",
                    group,
                    file,
                    stop.nextIndex(),
                    channel.size() - stop.at(),
                    stop.at());
            channel.truncate(stop.at());
            channel.force(true);
        }
    }

    private DamagedLogException damaged(Stop stop) {
        return new DamagedLogException("the log of " + group + " is damaged: in " + file + " entry " + stop.nextIndex()
                + ", at byte " + stop.at()
                + ", does not match its checksum, and a crash does not explain it. Entries that"
                + " were acknowledged may be lost from there on. Restore the directory " + file.getParent()
                + " from another replica or a backup, and check the disk");
    }

    /** Every entry that is whole, up to the first that is not. */
    List<LogEntryProto> entries() {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            var bytes = ByteBuffer.allocate((int) channel.size()); // Ratis closes a file at a few megabytes.
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
            bytes.flip();
            var entries = new ArrayList<LogEntryProto>();
            for (int at = HEADER.length; at < bytes.limit(); ) {
                var frame = frameAt(bytes, at);
                if (frame.isEmpty() || frame.get().index() != first + entries.size()) {
                    break;
                }
                int begin = varintAt(bytes, at, bytes.limit()).orElseThrow().end();
                entries.add(LogEntryProto.parseFrom(
                        ByteString.copyFrom(bytes.slice(begin, frame.get().end() - CHECKSUM_BYTES - begin))));
                at = frame.get().end();
            }
            return entries;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Stop scan() throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ);
                var arena = Arena.ofConfined()) {
            if (channel.size() == 0) {
                return new Stop(0, first, Stop.Kind.END);
            }
            var bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena)
                    .asByteBuffer();
            return scan(bytes);
        }
    }

    private Stop scan(ByteBuffer bytes) {
        int header = Math.min(HEADER.length, bytes.limit());
        for (int i = 0; i < header; i++) {
            if (bytes.get(i) != HEADER[i]) { // Of a header that was cut short only zeros follow.
                return new Stop(0, first, isZero(bytes, i, bytes.limit()) ? Stop.Kind.TORN : Stop.Kind.DAMAGED);
            }
        }
        int at = header;
        long next = first;
        while (at < bytes.limit()) {
            var frame = frameAt(bytes, at);
            if (frame.isEmpty() || frame.get().index() != next) {
                return isZero(bytes, at, bytes.limit())
                        ? new Stop(at, next, Stop.Kind.END)
                        : new Stop(at, next, isTorn(bytes, at, next) ? Stop.Kind.TORN : Stop.Kind.DAMAGED);
            }
            at = frame.get().end();
            next++;
        }
        return new Stop(at, next, Stop.Kind.END);
    }

    private static boolean isTorn(ByteBuffer bytes, int at, long index) {
        int end = declaredEnd(bytes, at);
        for (int behind = at + 1; behind < bytes.limit(); ) {
            var frame = frameAt(bytes, behind);
            if (frame.isEmpty() || frame.get().index() <= index) {
                behind++;
                continue;
            }
            if (frame.get().index() >= index + RatisSettings.FORCE_SYNC_ENTRIES) {
                return false;
            }
            end = Math.min(end, behind);
            behind = frame.get().end();
        }
        return end > bytes.limit() || hasUnwrittenSector(bytes, at, end);
    }

    /** Where the frame at {@code at} ends by its own account; behind the file if it makes no sense. */
    private static int declaredEnd(ByteBuffer bytes, int at) {
        var varint = varintAt(bytes, at, bytes.limit());
        if (varint.isEmpty() || varint.get().value() > RatisSettings.LOG_ENTRY_BYTES_MAX) {
            return Integer.MAX_VALUE;
        }
        return (int) (varint.get().end() + varint.get().value() + CHECKSUM_BYTES);
    }

    private static boolean hasUnwrittenSector(ByteBuffer bytes, int from, int to) {
        for (int at = from; at < to; ) {
            int sectorEnd = Math.min(to, (at / SECTOR_BYTES + 1) * SECTOR_BYTES);
            if (isZero(bytes, at, sectorEnd)) {
                return true;
            }
            at = sectorEnd;
        }
        return false;
    }

    private static boolean isZero(ByteBuffer bytes, int from, int to) {
        for (int at = from; at < to; at += ZEROS.capacity()) {
            int length = Math.min(to - at, ZEROS.capacity());
            if (bytes.slice(at, length).mismatch(ZEROS.slice(0, length)) >= 0) {
                return false;
            }
        }
        return true;
    }

    /** The frame that begins at {@code at}, if its checksum says so. */
    private static Optional<Frame> frameAt(ByteBuffer bytes, int at) {
        var length = varintAt(bytes, at, bytes.limit());
        if (length.isEmpty()
                || length.get().value() == 0
                || length.get().value() > RatisSettings.LOG_ENTRY_BYTES_MAX
                || length.get().end() + length.get().value() + CHECKSUM_BYTES > bytes.limit()) {
            return Optional.empty();
        }
        int begin = length.get().end();
        int checksumAt = begin + (int) length.get().value();
        var index =
                indexAt(bytes, begin, checksumAt); // Asked first, being the cheaper one when a whole file is searched.
        if (index.isEmpty()) {
            return Optional.empty();
        }
        var checksum = new CRC32C();
        checksum.update(bytes.slice(at, checksumAt - at));
        return (int) checksum.getValue() == bytes.getInt(checksumAt)
                ? Optional.of(new Frame(index.get(), checksumAt + CHECKSUM_BYTES))
                : Optional.empty();
    }

    private static Optional<Long> indexAt(ByteBuffer bytes, int begin, int end) {
        if (bytes.get(begin) != TERM_TAG) {
            return Optional.empty();
        }
        var term = varintAt(bytes, begin + 1, end);
        if (term.isEmpty()) {
            return Optional.empty();
        }
        int at = term.get().end();
        if (at >= end || bytes.get(at) != INDEX_TAG) {
            return Optional.of(0L);
        }
        return varintAt(bytes, at + 1, end).map(Varint::value);
    }

    private record Varint(long value, int end) {}

    private static Optional<Varint> varintAt(ByteBuffer bytes, int from, int to) {
        long value = 0;
        for (int at = from, shift = 0; at < to && shift < Long.SIZE; at++, shift += 7) {
            byte b = bytes.get(at);
            value |= (b & 0x7FL) << shift;
            if (b >= 0) {
                return value < 0 ? Optional.empty() : Optional.of(new Varint(value, at + 1));
            }
        }
        return Optional.empty();
    }
}
