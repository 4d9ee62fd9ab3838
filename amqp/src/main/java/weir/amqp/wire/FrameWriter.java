package weir.amqp.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import weir.core.Bytes;

/**
 * Composes frames one behind the other, to be written with one system call. Belongs to one thread at a time.
 *
 * <p>Large bodies are not copied but written from where they lie, in their place among what was composed.
 */
public final class FrameWriter {
    private static final int CLASS_BASIC = 60;
    private static final int DELIVER = CLASS_BASIC << 16 | 60;

    /** A body piece that was not copied, and how much of what was copied goes before it. */
    private record Gathered(int after, Bytes piece) {}

    private final FieldWriter out = new FieldWriter(WireLimits.CHUNK_BYTES_MIN);
    private final List<Gathered> gathered = new ArrayList<>();
    private long gatheredBytes;
    private int frameMax = WireLimits.FRAME_MAX_BEFORE_TUNING;

    /** @param bytes what was negotiated, overhead included; more than {@link WireLimits#FRAME_OVERHEAD} */
    public void frameMax(int bytes) {
        frameMax = bytes;
    }

    /** Bytes composed and not written yet. */
    public long size() {
        return out.size() + gatheredBytes;
    }

    /** What a client that speaks something else is told; no frame. */
    public FrameWriter protocolHeader() {
        out.raw(ProtocolHeader.spoken());
        return this;
    }

    public FrameWriter heartbeat() {
        return end(start(Frame.HEARTBEAT, 0));
    }

    /** @param method one that carries no content */
    public FrameWriter method(int channel, Method method) {
        int frame = start(Frame.METHOD, channel);
        MethodCodec.encode(method, out);
        return end(frame);
    }

    /** @param method one that carries content */
    public FrameWriter content(int channel, Method method, Bytes properties, Bytes body) {
        return method(channel, method).content(channel, properties, body);
    }

    /** basic.deliver, of parts that are encoded already: the same as {@link #content}, but no text is made on the way. */
    public FrameWriter deliver(
            int channel,
            Bytes consumerTag,
            long deliveryTag,
            boolean redelivered,
            Bytes exchange,
            Bytes routingKey,
            Bytes properties,
            Bytes body) {
        int frame = start(Frame.METHOD, channel);
        out.u32(DELIVER)
                .shortBytes(consumerTag)
                .i64(deliveryTag)
                .u8(redelivered ? 1 : 0)
                .shortBytes(exchange)
                .shortBytes(routingKey);
        return end(frame).content(channel, properties, body);
    }

    private FrameWriter content(int channel, Bytes properties, Bytes body) {
        int header = start(Frame.HEADER, channel);
        out.u16(CLASS_BASIC).u16(0).i64(body.length()).raw(properties);
        end(header);
        int pieceMax = frameMax - WireLimits.FRAME_OVERHEAD;
        for (int at = 0; at < body.length(); at += pieceMax) {
            body(channel, body.slice(at, Math.min(pieceMax, body.length() - at)));
        }
        return this;
    }

    private void body(int channel, Bytes piece) {
        out.u8(Frame.BODY).u16(channel).u32(piece.length());
        if (piece.length() < WireLimits.GATHER_BYTES_MIN) {
            out.raw(piece);
        } else {
            gathered.add(new Gathered(out.size(), piece));
            gatheredBytes += piece.length();
        }
        out.u8(Frame.END);
    }

    /** Writes all that was composed, and forgets it. */
    public void writeTo(OutputStream stream) throws IOException {
        int from = 0;
        for (Gathered next : gathered) {
            stream.write(out.array(), from, next.after - from);
            from = next.after;
            stream.write(next.piece.array(), next.piece.offset(), next.piece.length());
        }
        stream.write(out.array(), from, out.size() - from);
        gathered.clear();
        gatheredBytes = 0;
        out.clear(WireLimits.WRITE_BUFFER_BYTES_KEPT);
    }

    private int start(int type, int channel) {
        out.u8(type).u16(channel);
        return out.startLength();
    }

    private FrameWriter end(int frame) {
        out.endLength(frame).u8(Frame.END);
        return this;
    }
}
