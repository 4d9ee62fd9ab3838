package weir.cluster.catalog;

import java.util.function.IntSupplier;
import weir.cluster.ClusterLimits;
import weir.cluster.forward.Wire;
import weir.cluster.peer.PeerRequest;
import weir.cluster.peer.PeerService;
import weir.core.Bytes;
import weir.core.broker.OutcomeUnknownException;
import weir.core.codec.CatalogCodec;
import weir.core.codec.CatalogReplyCodec;
import weir.core.codec.CorruptDataException;
import weir.core.codec.Reader;

/** Does on this node's catalog, if it leads, what other nodes ask for their callers: CHANGE and CATALOG_INDEX. */
public final class CatalogService implements PeerService {
    private final CatalogReplica replica;
    private final IntSupplier leaderElsewhere;

    /** @param leaderElsewhere the node that leads the catalog, as far as this one knows; 0 if it does not, or is itself */
    public CatalogService(CatalogReplica replica, IntSupplier leaderElsewhere) {
        this.replica = replica;
        this.leaderElsewhere = leaderElsewhere;
    }

    @Override
    public Bytes answer(PeerRequest kind, Bytes request) throws InterruptedException {
        Reader in = new Reader(request);
        if (!Wire.isKnown(in)) {
            return Wire.otherVersion();
        }
        try {
            return switch (kind) {
                case CHANGE -> change(in);
                case CATALOG_INDEX -> {
                    long index = replica.barrier(ClusterLimits.ANSWER);
                    yield Wire.ok(16, out -> out.varint(index));
                }
                case HELLO, JOIN, SUBMIT, RECEIVE, PEEK, STATUS, REPLICAS, CHECKPOINT, FRONT, FETCH, OFFSETS ->
                    throw new IllegalArgumentException(kind + " is not for the catalog");
            };
        } catch (CatalogLedElsewhereException _) {
            return Wire.notLeading(leaderElsewhere.getAsInt());
        } catch (OutcomeUnknownException e) {
            return Wire.unknown(String.valueOf(e.getMessage()));
        } catch (CorruptDataException e) {
            return Wire.nothingDone("the change cannot be read: " + e.getMessage());
        }
    }

    private Bytes change(Reader in) throws CatalogLedElsewhereException, OutcomeUnknownException, InterruptedException {
        Bytes entry = in.raw(in.remaining());
        Changed changed =
                replica.submit(CatalogCodec.decode(0, entry).commands().getFirst(), ClusterLimits.ANSWER);
        return Wire.ok(256, out -> CatalogReplyCodec.write(out.varint(changed.index()), changed.reply()));
    }
}
