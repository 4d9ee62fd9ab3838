package weir.cluster.damage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import weir.cluster.replication.GroupId;

class HoldingsTest {
    @Test
    void whatIsHeldIsKnownAfterARestartUntilItIsGivenUp(@TempDir Path data) throws IOException {
        Holdings holdings = Holdings.open(data);
        assertThat(holdings.all()).isEmpty();
        holdings.remove(GroupId.shard(1)); // Was never held.
        holdings.add(GroupId.shard(1));
        holdings.add(GroupId.shard(1));
        holdings.add(GroupId.CATALOG);
        assertThat(Holdings.open(data).all()).containsExactly(GroupId.CATALOG, GroupId.shard(1));
        holdings.remove(GroupId.shard(1));
        assertThat(holdings.has(GroupId.shard(1))).isFalse();
        assertThat(Holdings.open(data).all()).containsExactly(GroupId.CATALOG);
    }
}
