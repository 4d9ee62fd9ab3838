package weir.cluster;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.damage.SetAside;
import weir.cluster.forming.Identity;
import weir.cluster.placement.PlacementService;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.Member;

/** Opens a node's replicas at its start: the first time what was agreed on at founding, later what has files here. */
final class Opening {
    private static final Logger LOG = LoggerFactory.getLogger(Opening.class);

    private final NodeSettings settings;
    private final Identity identity;
    private final Replicas replicas;
    private final SetAside aside;
    private final Failures failures;

    Opening(NodeSettings settings, Identity identity, Replicas replicas, SetAside aside, Failures failures) {
        this.settings = settings;
        this.identity = identity;
        this.replicas = replicas;
        this.aside = aside;
        this.failures = failures;
    }

    /**
     * The catalog first: the shards ask it.
     *
     * @param desk opened for the conductor if the catalog's replica has to be made anew
     */
    void openAll(PeerDesk desk, PlacementService placement) throws IOException, InterruptedException {
        SortedSet<GroupId> held = replicas.held();
        // Who is alone is always the one founder; what a log says of its members goes before that.
        boolean first = settings.cluster().isEmpty() || !GroupFiles.wasOpen(settings.data(), Optional.of(identity));
        boolean listens = settings.cluster().isPresent() && identity.beginsWithoutVote();
        replicas.open(
                GroupId.CATALOG,
                listens ? List.of(settings.self().voting(false)) : first ? foundersOf(GroupId.CATALOG) : List.of());
        if (aside.reason(GroupId.CATALOG).isPresent()) {
            replicas.announce(held);
            desk.open(placement);
            awaitCatalogAnew();
        }
        for (int shard = 0; shard < identity.shards(); shard++) {
            GroupId group = GroupId.shard(shard);
            List<Member> founders = first ? foundersOf(group) : List.of();
            if (held.contains(group) || founders.stream().anyMatch(each -> each.node() == settings.number())) {
                replicas.open(group, founders);
            }
        }
    }

    private List<Member> foundersOf(GroupId group) {
        return settings.cluster().isEmpty()
                ? List.of(settings.self())
                : identity.foundersOf(group).stream()
                        .map(founder -> founder.node() == settings.number() ? settings.self() : founder)
                        .toList();
    }

    /**
     * Until whoever conducts has had this node's damaged replica of the catalog removed from the members, and an empty one
     * opened here: that needs a majority of the other members. Nothing else is opened before, since all of it asks the catalog.
     */
    private void awaitCatalogAnew() throws IOException, InterruptedException {
        for (long looks = 0; replicas.find(GroupId.CATALOG).isEmpty(); looks++) {
            failures.check();
            if (looks % ClusterLimits.LOOKS_BETWEEN_GREETINGS == 0) {
                LOG.warn(
                        "Waiting for the catalog's replica to be made anew from the other nodes'. It was damaged: {}",
                        aside.reason(GroupId.CATALOG).orElse("it is removed by now, and about to be opened"));
            }
            Thread.sleep(ClusterLimits.CATALOG_AWAITED);
        }
    }
}
