package weir.cluster.placement;

import java.util.List;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;

/** The catalog, as far as placement needs it. */
public interface Definitions {
    /** Those of a kind, as this node knows them. */
    List<Definition> of(String kind);

    /** As {@link Broker#change}. */
    CatalogReply change(CatalogCommand.Define command) throws OutcomeUnknownException, InterruptedException;

    static Definitions of(Broker broker) {
        return new Definitions() {
            @Override
            public List<Definition> of(String kind) {
                return broker.definitions(kind, "", "", Integer.MAX_VALUE);
            }

            @Override
            public CatalogReply change(CatalogCommand.Define command)
                    throws OutcomeUnknownException, InterruptedException {
                return broker.change(command);
            }
        };
    }

    default List<Node> nodes() {
        return of(Node.KIND).stream().map(Node::of).toList();
    }

    default List<ShardPlacement> placements() {
        return of(ShardPlacement.KIND).stream().map(ShardPlacement::of).toList();
    }
}
