package weir.cluster;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import weir.cluster.catalog.CatalogService;
import weir.cluster.checkpoint.CheckpointSource;
import weir.cluster.forming.Forming;
import weir.cluster.forward.ShardService;
import weir.cluster.peer.PeerRequest;
import weir.cluster.peer.PeerService;
import weir.cluster.placement.PlacementService;
import weir.core.Bytes;

/** Takes what other nodes ask to whom it concerns. Until this node knows its cluster it can only say who it is. */
final class PeerDesk implements PeerService {
    /** Whoever answers once the node has its groups. */
    record Services(ShardService shards, CatalogService catalog, CheckpointSource checkpoints, Neighbourhood fronts) {}

    private volatile @Nullable Forming forming;
    private volatile @Nullable PlacementService placement;
    private volatile @Nullable Services services;

    void open(Forming by) {
        forming = by;
    }

    /** Before its catalog is open a node can only say what it has of each group, and do as its conductor says. */
    void open(PlacementService by) {
        placement = by;
    }

    void open(Services by) {
        services = by;
    }

    @Override
    public Bytes answer(PeerRequest kind, Bytes request) throws Exception {
        return switch (kind) {
            case HELLO, JOIN -> {
                Forming by = forming;
                yield by == null ? notYet() : by.answer(kind, request);
            }
            case SUBMIT, RECEIVE, PEEK, STATUS, FETCH, OFFSETS ->
                services().shards().answer(kind, request);
            case CHANGE, CATALOG_INDEX -> services().catalog().answer(kind, request);
            case REPLICAS -> {
                PlacementService by = placement;
                yield by == null ? notYet() : by.answer(request);
            }
            case CHECKPOINT -> services().checkpoints().answer(request);
            case FRONT -> services().fronts().answer(request);
        };
    }

    private Services services() throws IOException {
        Services there = services;
        if (there == null) {
            notYet();
        }
        return java.util.Objects.requireNonNull(there);
    }

    private static Bytes notYet() throws IOException {
        throw new IOException("this node is still starting");
    }
}
