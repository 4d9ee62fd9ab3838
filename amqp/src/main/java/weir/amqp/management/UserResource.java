package weir.amqp.management;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import weir.amqp.topology.Account;
import weir.amqp.topology.PasswordHash;
import weir.amqp.topology.RefusedException;
import weir.amqp.topology.Topology;
import weir.amqp.topology.VirtualHost;
import weir.core.broker.OutcomeUnknownException;

/** Users with their passwords and tags. */
final class UserResource implements ApiResource {
    private static final String ADDRESS = "/users/{user}";
    private static final List<String> ORDER = List.of("name");

    private final Topology topology;

    UserResource(Topology topology) {
        this.topology = topology;
    }

    @Override
    public void register(Routes routes) {
        routes.get("/users", Access.ADMINISTRATOR, this::list)
                .get("/users/without-permissions", Access.ADMINISTRATOR, this::withoutPermissions)
                .post("/users/bulk-delete", Access.ADMINISTRATOR, this::deleteAll)
                .get(ADDRESS, Access.ADMINISTRATOR, call -> Answer.of(Listing.columns(call, facts(required(call)))))
                .put(ADDRESS, Access.ADMINISTRATOR, this::put)
                .delete(ADDRESS, Access.ADMINISTRATOR, this::delete)
                .get("/auth/hash_password/{password}", Access.ANYBODY, this::hash);
    }

    static Facts facts(Account account) {
        return new Facts()
                .with("name", account.user())
                .with("password_hash", account.password().text())
                .with("hashing_algorithm", account.password().algorithm().word())
                .with("tags", Facts.sorted(account.tags()))
                .with("limits", limits(account));
    }

    static Facts limits(Account account) {
        Facts limits = new Facts();
        if (account.connectionsMax() != VirtualHost.UNLIMITED) {
            limits.with("max-connections", account.connectionsMax());
        }
        if (account.channelsMax() != VirtualHost.UNLIMITED) {
            limits.with("max-channels", account.channelsMax());
        }
        return limits;
    }

    private Account required(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        return topology.users().find(call.path("user")).orElseThrow(Failure::notFound);
    }

    private Answer list(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        List<Facts> all =
                topology.users().list().stream().map(UserResource::facts).toList();
        return Answer.of(Listing.of(call, all, ORDER));
    }

    private Answer withoutPermissions(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        Set<Object> permitted = PermissionResource.all(topology).stream()
                .map(facts -> String.valueOf(facts.get("user")))
                .collect(Collectors.toSet());
        List<Facts> others = topology.users().list().stream()
                .filter(each -> !permitted.contains(each.user()))
                .map(UserResource::facts)
                .toList();
        return Answer.of(Listing.of(call, others, ORDER));
    }

    private Answer put(Call call) throws Failure, RefusedException, OutcomeUnknownException, InterruptedException {
        String name = call.path("user");
        Body body = call.read();
        boolean existed = topology.users().find(name).isPresent();
        put(topology, name, body);
        return Answer.put(existed);
    }

    /** Without a password and without a hash it is a user who can show who he is in other ways only. */
    static void put(Topology topology, String name, Body body)
            throws Failure, RefusedException, OutcomeUnknownException, InterruptedException {
        if (!body.has("tags")) {
            throw Failure.badRequest("tags_not_present");
        }
        if (body.has("password") && body.has("password_hash")) {
            throw Failure.badRequest("both_password_and_password_hash_are_provided");
        }
        PasswordHash password = body.has("password")
                ? PasswordHash.of(notEmpty(body.text("password")))
                : imported(name, body.text("password_hash", ""), body.text("hashing_algorithm", ""));
        topology.users().put(name, password, body.tags("tags"));
        Body limits = body.object("limits");
        if (!limits.values().isEmpty()) {
            topology.users()
                    .limit(
                            name,
                            limits.number("max-connections", VirtualHost.UNLIMITED),
                            limits.number("max-channels", VirtualHost.UNLIMITED));
        }
    }

    private static String notEmpty(String password) throws Failure {
        if (password.isEmpty()) {
            throw Failure.badRequest("a password may not be empty; leave it out for a user without one");
        }
        return password;
    }

    private static PasswordHash imported(String user, String hash, String algorithm) throws Failure {
        try {
            return PasswordHash.imported(
                    hash,
                    algorithm.isEmpty() ? PasswordHash.Algorithm.SHA_256 : PasswordHash.Algorithm.named(algorithm));
        } catch (IllegalArgumentException e) {
            throw Failure.badRequest("the password hash of user '" + user + "': " + e.getMessage());
        }
    }

    private Answer delete(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        if (!topology.users().delete(required(call).user())) {
            throw Failure.notFound();
        }
        return Answer.nothing();
    }

    private Answer deleteAll(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        Body body = call.read();
        if (!body.has("users")) {
            throw Failure.badRequest("[{key_missing,users}]");
        }
        for (Object name : body.list("users")) {
            Optional<Account> user = topology.users().find(String.valueOf(name));
            if (user.isPresent()) {
                topology.users().delete(user.get().user());
            }
        }
        return Answer.nothing();
    }

    private Answer hash(Call call) {
        return Answer.of(Map.of("ok", PasswordHash.of(call.path("password")).text()));
    }
}
