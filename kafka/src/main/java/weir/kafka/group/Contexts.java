package weir.kafka.group;

import org.apache.kafka.common.network.ClientInformation;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import weir.kafka.session.Call;

/** Who asks, as Kafka's coordinator wants to know it: it shows members by their client's name and host. */
final class Contexts {
    private Contexts() {}

    static RequestContext of(Call call) {
        return new RequestContext(
                call.header(),
                "", // The coordinator does not look at connections.
                call.address(),
                new KafkaPrincipal(KafkaPrincipal.USER_TYPE, call.user()),
                ListenerName.forSecurityProtocol(SecurityProtocol.PLAINTEXT),
                SecurityProtocol.PLAINTEXT,
                ClientInformation.EMPTY,
                false);
    }
}
