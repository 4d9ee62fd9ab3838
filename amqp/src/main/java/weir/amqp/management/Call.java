package weir.amqp.management;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import weir.amqp.topology.Login;
import weir.amqp.topology.Topology;
import weir.amqp.topology.VirtualHost;
import weir.core.Bytes;
import weir.core.broker.OutcomeUnknownException;

/**
 * One request, and whoever makes it.
 *
 * @param path the segments of the address that stand for something, by their names
 * @param query of several values of a name the first
 * @param reason the header {@code X-Reason}; empty if there is none
 * @param body of PUT and POST
 */
record Call(
        Topology topology,
        Login login,
        Map<String, String> path,
        Map<String, String> query,
        String reason,
        Optional<VirtualHost> named,
        Bytes body) {
    static final String HOST = "vhost";

    /** What stands in the address in that place. */
    String path(String name) {
        String value = path.get(name);
        if (value == null) {
            throw new IllegalStateException("the address has no {" + name + "}");
        }
        return value;
    }

    boolean has(String segment) {
        return path.containsKey(segment);
    }

    @Nullable
    String query(String name) {
        return query.get(name);
    }

    /** Whether it is asked for in so many words. */
    boolean wants(String name) {
        return "true".equals(query.get(name));
    }

    Body read() throws Failure {
        return Json.body(body);
    }

    // ---- Virtual hosts

    /** The one that the address names. @throws Failure 404 if there is none */
    VirtualHost host() throws Failure {
        return named.orElseThrow(Failure::notFound);
    }

    /** The same in the words for a change. */
    VirtualHost hostToChange() throws Failure {
        return named.orElseThrow(() -> Failure.notFound("vhost_not_found"));
    }

    /** If it names one that is not there, that will be said by whoever looks for it. */
    boolean mayEnterNamedHost() {
        return named.isEmpty() || Access.isAdministrator(login) || mayEnter(named.get());
    }

    private boolean mayEnter(VirtualHost host) {
        return topology.permissions().mayEnter(login, host);
    }

    /** Those whose queues and exchanges are shown to the caller: the one of the address, or all that are his to see. */
    List<VirtualHost> hosts() throws Failure {
        if (has(HOST)) {
            return List.of(host());
        }
        return topology.virtualHosts().list().stream()
                .filter(host -> Access.isAdministrator(login) || mayEnter(host))
                .toList();
    }

    /** Those that the caller is told of. */
    List<VirtualHost> visibleHosts() {
        return topology.virtualHosts().list().stream()
                .filter(host -> Access.isMonitor(login) || mayEnter(host))
                .toList();
    }

    /** The virtual host of that name, through whichever node it was made. */
    Optional<VirtualHost> find(String host) throws OutcomeUnknownException, InterruptedException {
        return topology.virtualHosts().find(host);
    }
}
