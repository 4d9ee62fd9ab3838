package weir.core.codec;

import weir.core.catalog.CatalogRefusal;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;
import weir.core.catalog.Queue;

/** What the catalog answered, on its way from one node to another. As {@link ReplyCodec}, without a version of its own. */
public final class CatalogReplyCodec {
    private static final int CREATED = 1;
    private static final int UPDATED = 2;
    private static final int DELETED = 3;
    private static final int DEFINED = 4;
    private static final int UNDEFINED = 5;
    private static final int REFUSED = 6;
    /** The same three, of a queue of several partitions. */
    private static final int CREATED_PARTITIONED = 7;

    private static final int UPDATED_PARTITIONED = 8;
    private static final int DELETED_PARTITIONED = 9;

    private static final CatalogRefusal[] REFUSALS = CatalogRefusal.values();

    private CatalogReplyCodec() {}

    public static void write(Writer out, CatalogReply reply) {
        switch (reply) {
            case CatalogReply.Created(Queue queue, boolean existed) -> {
                out.u8(queue.partitions() > 1 ? CREATED_PARTITIONED : CREATED).bool(existed);
                write(out, queue);
            }
            case CatalogReply.Updated(Queue queue) ->
                write(out.u8(queue.partitions() > 1 ? UPDATED_PARTITIONED : UPDATED), queue);
            case CatalogReply.Deleted(Queue queue) ->
                write(out.u8(queue.partitions() > 1 ? DELETED_PARTITIONED : DELETED), queue);
            case CatalogReply.Defined(Definition definition, boolean existed) ->
                CatalogCodec.write(out.u8(DEFINED).bool(existed), definition);
            case CatalogReply.Undefined(Definition definition) -> CatalogCodec.write(out.u8(UNDEFINED), definition);
            case CatalogReply.Refused(CatalogRefusal reason) -> out.u8(REFUSED).constant(reason);
        }
    }

    private static void write(Writer out, Queue queue) {
        if (queue.partitions() > 1) {
            CatalogCodec.writePartitioned(out, queue);
        } else {
            CatalogCodec.writeUnpartitioned(out, queue);
        }
    }

    /** @throws CorruptDataException if the bytes cannot be an answer of the catalog */
    public static CatalogReply read(Reader in) {
        return Decoding.of("catalog reply", in, CatalogReplyCodec::reply);
    }

    private static CatalogReply reply(Reader in) {
        int tag = in.u8();
        return switch (tag) {
            case CREATED -> {
                boolean existed = in.bool();
                yield new CatalogReply.Created(CatalogCodec.unpartitionedQueue(in), existed);
            }
            case CREATED_PARTITIONED -> {
                boolean existed = in.bool();
                yield new CatalogReply.Created(CatalogCodec.partitionedQueue(in), existed);
            }
            case UPDATED -> new CatalogReply.Updated(CatalogCodec.unpartitionedQueue(in));
            case UPDATED_PARTITIONED -> new CatalogReply.Updated(CatalogCodec.partitionedQueue(in));
            case DELETED -> new CatalogReply.Deleted(CatalogCodec.unpartitionedQueue(in));
            case DELETED_PARTITIONED -> new CatalogReply.Deleted(CatalogCodec.partitionedQueue(in));
            case DEFINED -> {
                boolean existed = in.bool();
                yield new CatalogReply.Defined(CatalogCodec.definition(in), existed);
            }
            case UNDEFINED -> new CatalogReply.Undefined(CatalogCodec.definition(in));
            case REFUSED -> new CatalogReply.Refused(in.constant(REFUSALS));
            default -> throw new CorruptDataException("no answer of the catalog has the tag " + tag);
        };
    }
}
