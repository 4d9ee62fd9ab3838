package weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import weir.cluster.forming.Identity;
import weir.cluster.placement.Definitions;
import weir.cluster.placement.Node;
import weir.cluster.placement.ShardPlacement;
import weir.cluster.replication.Member;
import weir.core.Edition;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogMachine;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;

/** What a founder says of itself in the catalog, while another one does the same. */
class RegistrationTest {
    private static final Member FIRST = new Member(1, "h1", 7100);
    private static final Member SECOND = new Member(2, "h2", 7100);
    private static final Identity IDENTITY = new Identity(UUID.randomUUID(), 2, 2, List.of(FIRST, SECOND));

    private static final NodeSettings.Cluster OWN = new NodeSettings.Cluster(
            SECOND,
            InetSocketAddress.createUnresolved("h2", 7100),
            List.of(),
            Optional.empty(),
            "rack-b",
            3,
            Duration.ofMinutes(10),
            Duration.ofHours(12),
            new TreeMap<>(Map.of("sqs", "h2:9324")));

    private final CatalogMachine machine = new CatalogMachine(2);
    private long index;

    private CatalogReply apply(CatalogCommand command) {
        index++;
        return machine.apply(index, index, command);
    }

    /** The first founder names the second one right before it names itself. */
    private final class Meanwhile implements Definitions {
        @Override
        public List<Definition> of(String kind) {
            return machine.definitions(kind, "", "", Integer.MAX_VALUE);
        }

        @Override
        public CatalogReply change(CatalogCommand.Define command) {
            if (command.kind().equals(Node.KIND) && command.name().equals("2")) {
                apply(Node.joining(SECOND, "", new TreeMap<>(), Edition.FIRST).define());
            }
            return apply(command);
        }
    }

    @Test
    void whatANodeSaysOfItselfStandsThoughAnotherNamedItMeanwhile() throws Exception {
        Meanwhile definitions = new Meanwhile();
        new Registration(OWN, Edition.NEWEST, IDENTITY, definitions, () -> Edition.FIRST).write();
        assertThat(definitions.nodes()).extracting(Node::number).containsExactly(1, 2);
        Node second = definitions.nodes().getLast();
        assertThat(second.edition())
                .as("else the cluster stays at an older one for ever")
                .isEqualTo(Edition.NEWEST);
        assertThat(second.rack()).isEqualTo("rack-b");
        assertThat(second.fronts()).containsEntry("sqs", "h2:9324");
        assertThat(definitions.placements()).extracting(ShardPlacement::shard).containsExactly(0, 1);
    }
}
