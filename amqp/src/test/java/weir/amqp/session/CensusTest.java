package weir.amqp.session;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import weir.amqp.topology.Login;
import weir.amqp.topology.VirtualHost;
import weir.amqp.wire.AmqpException;

class CensusTest {
    private final Census census = new Census();

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
}
