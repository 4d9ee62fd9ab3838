package weir.storage;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import weir.core.Bytes;
import weir.core.Check;
import weir.core.Envelope;
import weir.core.LogId;
import weir.core.codec.CorruptDataException;
import weir.core.codec.EnvelopeCodec;
import weir.core.codec.IdCodec;
import weir.core.codec.Reader;
import weir.core.codec.Writer;
import weir.core.shard.StoredBatch;

/**
 * What a chunk knows of its batches, without their payloads: a block of its own in the file, under a CRC32C of its own.
 *
 * @param batches by rising offset
 * @param places of their payloads, in the same order
 */
record ChunkMeta(List<StoredBatch> batches, List<PayloadPlace> places) {
    /** The place of the batch that holds {@code offset}, or of the next one; their number if there is none. */
    static int indexOf(List<StoredBatch> batches, long offset) {
        int low = 0;
        int high = batches.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (batches.get(middle).endOffset() > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** Estimate of what it takes in memory: texts in the envelopes take up to three times their encoded size. */
    static int memoryBytes(Chunk chunk, ChunkMeta meta) {
        return 112 * meta.batches.size() + 3 * chunk.metaBytes();
    }

    /** Writes one block, batch by batch. */
    static final class Encoder {
        private final Writer out = new Writer(1024);
        private long end;
        private long appendedAtMillis;
        private long nextPosition = -1;

        Encoder(LogId log) {
            IdCodec.write(out, log.partition());
            out.varint(log.level());
        }

        void add(StoredBatch batch, PayloadPlace place) {
            out.varint(batch.baseOffset() - end);
            out.varint(zigzag(batch.appendedAtMillis() - appendedAtMillis));
            out.u8(batch.format());
            // Mostly a payload follows the one before; else its position is written, which is never 0.
            out.varint(place.position() == nextPosition ? 0 : place.position());
            out.varint(place.length()).i32(place.crc());
            EnvelopeCodec.writeAll(out, batch.messages());
            end = batch.endOffset();
            appendedAtMillis = batch.appendedAtMillis();
            nextPosition = place.position() + place.length();
        }

        int size() {
            return out.size();
        }

        Bytes finish() {
            return SegmentFormat.sealed(out);
        }
    }

    /** @throws CorruptStoreException if the block is not that of {@code chunk} */
    static ChunkMeta decode(Path file, Bytes block, LogId log, Chunk chunk) {
        if (!SegmentFormat.isSealed(block)) {
            throw CorruptStoreException.of(
                    file, "the checksum of the chunk meta at " + chunk.metaPosition() + " does not match");
        }
        try {
            ChunkMeta meta = decode(new Reader(block.slice(0, block.length() - Integer.BYTES)), log);
            List<StoredBatch> batches = meta.batches;
            if (batches.isEmpty()
                    || batches.getFirst().baseOffset() != chunk.first()
                    || batches.getLast().endOffset() != chunk.end()) {
                throw new CorruptDataException("it does not hold the offsets that the footer tells");
            }
            return meta;
        } catch (CorruptDataException | IllegalArgumentException e) {
            throw CorruptStoreException.of(
                    file, "in the chunk meta at " + chunk.metaPosition() + ", " + e.getMessage());
        }
    }

    private static ChunkMeta decode(Reader in, LogId log) {
        if (!SegmentFormat.readLog(in).equals(log)) {
            throw new CorruptDataException("it belongs to another log");
        }
        List<StoredBatch> batches = new ArrayList<>();
        List<PayloadPlace> places = new ArrayList<>();
        long end = 0;
        long appendedAtMillis = 0;
        long nextPosition = 0;
        while (in.hasMore()) {
            long distance = in.varint();
            Check.atLeast("the distance between two batches", distance, 0);
            appendedAtMillis += unzigzag(in.varint());
            int format = in.u8();
            long position = in.varint();
            PayloadPlace place =
                    new PayloadPlace(position == 0 ? nextPosition : position, in.count(Integer.MAX_VALUE), in.i32());
            List<Envelope> messages = EnvelopeCodec.readAll(in);
            Check.atLeast("messages in a batch", messages.size(), 1);
            StoredBatch batch = new StoredBatch(end + distance, appendedAtMillis, format, place.length(), messages);
            batches.add(batch);
            places.add(place);
            end = batch.endOffset();
            nextPosition = place.position() + place.length();
        }
        return new ChunkMeta(batches, places);
    }

    private static long zigzag(long value) {
        return (value << 1) ^ (value >> 63);
    }

    private static long unzigzag(long value) {
        return (value >>> 1) ^ -(value & 1);
    }
}
