package weir.amqp.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import weir.amqp.nodes.Counted;
import weir.amqp.topology.Login;
import weir.amqp.topology.VirtualHost;
import weir.amqp.wire.AmqpException;

class CensusTest {
    private final List<Counted> asked = new ArrayList<>();
    private int elsewhere;
    private final Census census = new Census(what -> {
        asked.add(what);
        return elsewhere;
    });

    private static VirtualHost host(long created, long connectionsMax) {
        return new VirtualHost("v", created, "", Set.of(), "", connectionsMax, VirtualHost.UNLIMITED);
    }

    private static Login login(long created, long connectionsMax) {
        return new Login("anne", created, Set.of(), connectionsMax, VirtualHost.UNLIMITED);
    }

    @Test
    void whoeverIsRefusedIsNotCounted() throws Exception {
        VirtualHost host = host(1, 2);
        Login anne = login(1, 1);
        census.entered(host, anne);
        assertThatThrownBy(() -> census.entered(host, anne))
                .isInstanceOf(AmqpException.class)
                .hasMessage("connection refused for user 'anne': user connection limit (1) is reached");
        census.entered(host, login(2, -1)); // A later one of that name.
        assertThatThrownBy(() -> census.entered(host, login(3, -1)))
                .hasMessage("access to vhost 'v' refused for user 'anne': connection limit (2) is reached");
        census.left(host, anne);
        census.entered(host, anne);
    }

    @Test
    void aLimitOfNoneLetsNobodyInAndWhoWasThereBeforeItIsCounted() throws Exception {
        census.entered(host(1, -1), login(1, -1));
        assertThatThrownBy(() -> census.entered(host(1, 1), login(1, -1))).isInstanceOf(AmqpException.class);
        assertThatThrownBy(() -> census.entered(host(2, 0), login(1, -1))).isInstanceOf(AmqpException.class);
    }

    @Test
    void channelsAreCountedOverAllConnectionsOfAUser() throws Exception {
        Login anne = login(1, -1);
        census.opened(anne, 2);
        census.opened(anne, 2);
        assertThatThrownBy(() -> census.opened(anne, 2))
                .hasMessage(
                        "number of channels opened for user 'anne' has reached the maximum allowed user limit of 2");
        census.closed(anne, 2);
        census.opened(anne, 1);
    }

    @Test
    void whatOtherNodesHaveCountsWhereThereIsALimitAndNobodyElseIsAskedFor() throws Exception {
        elsewhere = 2;
        VirtualHost unlimited = host(1, -1);
        VirtualHost limited = host(2, 3);
        census.entered(unlimited, login(1, -1));
        census.opened(login(1, -1), -1);
        assertThat(asked).isEmpty();
        census.entered(limited, login(1, -1));
        assertThat(asked).containsExactly(new Counted.ConnectionsOfHost(2));
        assertThatThrownBy(() -> census.entered(limited, login(1, -1)))
                .hasMessage("access to vhost 'v' refused for user 'anne': connection limit (3) is reached");
        assertThatThrownBy(() -> census.entered(unlimited, login(1, 4)))
                .hasMessage("connection refused for user 'anne': user connection limit (4) is reached");
        assertThatThrownBy(() -> census.opened(login(1, -1), 3))
                .hasMessage(
                        "number of channels opened for user 'anne' has reached the maximum allowed user limit of 3");
        assertThat(census.count(new Counted.ConnectionsOfHost(1))).isEqualTo(1);
        assertThat(census.count(new Counted.ConnectionsOfHost(2))).isEqualTo(1);
        assertThat(census.count(new Counted.ConnectionsOfUser("anne", 1))).isEqualTo(2);
        assertThat(census.count(new Counted.ChannelsOfUser("anne", 1))).isEqualTo(1);
        elsewhere = 0;
        census.entered(limited, login(1, 3));
    }
}
