package weir.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;
import weir.core.Check;
import weir.core.LogId;
import weir.core.shard.StoredBatch;

/**
 * Writes one segment file from front to end: logs rising, and offsets rising within each. Payloads go to the file as
 * they come; of a chunk only its meta is held. One thread.
 */
final class SegmentWriter {
    private final FileSystem.Appender file;
    private final long id;
    private final ByteBuffer buffer = ByteBuffer.allocate(StorageLimits.WRITE_BUFFER_BYTES);
    private final SharedPayloads written = new SharedPayloads();
    private final List<SegmentFormat.LogEntry> logs = new ArrayList<>();
    private long position;
    private @Nullable OpenChunk chunk;

    /** @param file new and empty; the caller closes it */
    SegmentWriter(FileSystem.Appender file, long id) throws IOException {
        this.file = file;
        this.id = id;
        write(SegmentFormat.header(id));
    }

    /** Where the payload from that source was written before; -1 if it was not. */
    long find(Object holder, long source, int length) {
        return written.find(holder, source, length);
    }

    /** Writes a payload of the batch that is added next. */
    long payload(Object holder, long source, Bytes payload) throws IOException {
        long at = position;
        write(payload);
        written.put(holder, source, payload.length(), at);
        return at;
    }

    /** @param live how many of the batch's messages are live */
    void add(LogId log, StoredBatch batch, int live, PayloadPlace place) throws IOException {
        OpenChunk open = chunk;
        if (open == null) {
            open = new OpenChunk(log, batch.baseOffset());
            chunk = open;
        }
        open.add(batch, live, place);
        if (open.isFull()) {
            endChunk();
        }
    }

    /** Closes the chunk that is open, if any: what follows is not its neighbour. */
    void endChunk() throws IOException {
        OpenChunk open = chunk;
        if (open == null) {
            return;
        }
        chunk = null;
        Bytes meta = open.meta.finish();
        if (logs.isEmpty() || !logs.getLast().log().equals(open.log)) {
            logs.add(new SegmentFormat.LogEntry(open.log, new ArrayList<>()));
        }
        logs.getLast().chunks().add(open.entry(position, meta.length()));
        write(meta);
    }

    /** Writes footer and trailer, and returns when all of it is durable. */
    SegmentName finish() throws IOException {
        endChunk();
        Bytes footer = SegmentFormat.footer(logs);
        int crc = Checksum.of(footer);
        SegmentFormat.Trailer trailer = new SegmentFormat.Trailer(position, footer.length(), crc);
        write(footer);
        write(SegmentFormat.trailer(trailer));
        flush();
        file.force();
        return new SegmentName(id, position, crc);
    }

    private void write(Bytes bytes) throws IOException {
        if (bytes.length() > buffer.remaining()) {
            flush();
        }
        if (bytes.length() > buffer.remaining()) {
            file.write(bytes.buffer());
        } else {
            buffer.put(bytes.array(), bytes.offset(), bytes.length());
        }
        position += bytes.length();
    }

    private void flush() throws IOException {
        file.write(buffer.flip());
        buffer.clear();
    }

    private static final class OpenChunk {
        private final LogId log;
        private final long first;
        private final ChunkMeta.Encoder meta;
        private long end;
        private int messages;
        private int live;
        private int payloadBytes;

        OpenChunk(LogId log, long first) {
            this.log = log;
            this.first = first;
            meta = new ChunkMeta.Encoder(log);
            end = first;
        }

        void add(StoredBatch batch, int liveInIt, PayloadPlace place) {
            Check.atLeast("base offset", batch.baseOffset(), end);
            meta.add(batch, place);
            end = batch.endOffset();
            messages += batch.messages().size();
            live += liveInIt;
            payloadBytes += place.length();
        }

        boolean isFull() {
            return payloadBytes >= StorageLimits.CHUNK_PAYLOAD_BYTES || meta.size() >= StorageLimits.CHUNK_META_BYTES;
        }

        SegmentFormat.ChunkEntry entry(long metaPosition, int metaBytes) {
            return new SegmentFormat.ChunkEntry(first, end, messages, live, metaPosition, metaBytes, payloadBytes);
        }
    }
}
