package weir.core.codec;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;
import weir.core.PartitionId;
import weir.core.broker.Delivery;
import weir.core.broker.Receipt;
import weir.core.shard.Refusal;
import weir.core.shard.Reply;

/**
 * What a receive came to, on its way from one node to another. Neighbours that lie in the same stored batch share its payload:
 * it travels once. As {@link ReplyCodec}, without a version of its own.
 */
public final class ReceiptCodec {
    private static final int RECEIVED = 1;
    private static final int REFUSED = 2;

    private static final int DELIVERY_BYTES_MIN = 11;
    private static final Refusal[] REFUSALS = Refusal.values();

    private ReceiptCodec() {}

    /** @param partition the one that all deliveries are of */
    public static void write(Writer out, PartitionId partition, Receipt receipt) {
        switch (receipt) {
            case Receipt.Refused(Refusal reason) -> out.u8(REFUSED).constant(reason);
            case Receipt.Received(List<Delivery> deliveries, boolean tooManyInFlight) -> {
                out.u8(RECEIVED).bool(tooManyInFlight);
                IdCodec.write(out, partition);
                out.varint(deliveries.size());
                @Nullable Delivery before = null;
                for (Delivery delivery : deliveries) {
                    boolean shared = before != null && sharesPayload(before, delivery);
                    ReplyCodec.writeLeased(out, delivery.leased());
                    out.varint(delivery.indexInBatch()).bool(shared);
                    if (!shared) {
                        out.varint(delivery.format()).bytes(delivery.payload());
                    }
                    before = delivery;
                }
            }
        }
    }

    /** Whether both lie in one stored batch, so that the second's payload costs nothing more on its way. */
    public static boolean sharesPayload(Delivery first, Delivery second) {
        return first.leased().baseOffset() == second.leased().baseOffset()
                && first.leased().lease().position().level()
                        == second.leased().lease().position().level()
                && first.payload().length() == second.payload().length();
    }

    /** @throws CorruptDataException if the bytes cannot be a receipt */
    public static Receipt read(Reader in) {
        return Decoding.of("receipt", in, ReceiptCodec::receipt);
    }

    private static Receipt receipt(Reader in) {
        int tag = in.u8();
        return switch (tag) {
            case RECEIVED -> received(in);
            case REFUSED -> new Receipt.Refused(in.constant(REFUSALS));
            default -> throw new CorruptDataException("no receipt has the tag " + tag);
        };
    }

    private static Receipt received(Reader in) {
        boolean tooManyInFlight = in.bool();
        PartitionId partition = IdCodec.partition(in);
        int count = in.count(in.remaining() / DELIVERY_BYTES_MIN);
        List<Delivery> deliveries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Reply.Leased leased = ReplyCodec.leased(in);
            int index = in.count(Integer.MAX_VALUE);
            boolean shared = in.bool();
            if (shared && i == 0) {
                throw new CorruptDataException("the first delivery shares the payload of one before it");
            }
            int format = shared ? deliveries.getLast().format() : in.count(Integer.MAX_VALUE);
            Bytes payload = shared ? deliveries.getLast().payload() : in.bytes();
            deliveries.add(new Delivery(partition, leased, format, payload, index));
        }
        return new Receipt.Received(deliveries, tooManyInFlight);
    }
}
