package weir.admin;

import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import weir.admin.Wire.KeyView;
import weir.admin.Wire.UserView;
import weir.core.access.AccessKey;
import weir.core.access.AccessLimits;
import weir.core.access.User;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogRefusal;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;

/** Users and their access keys. A secret leaves this server once: in the answer to the key's creation. */
final class UserRoutes {
    private final Broker broker;
    private final Json json;
    private final String account;
    private final InstantSource clock;
    private final Credentials credentials = new Credentials();

    /** @param account that of a user for whom none is given */
    UserRoutes(Broker broker, Json json, String account, InstantSource clock) {
        this.broker = broker;
        this.json = json;
        this.account = account;
        this.clock = clock;
    }

    void list(ServerRequest request, ServerResponse response) {
        Query query = new Query(request, "prefix", "after", "limit");
        int limit = query.number("limit", 1, AdminLimits.USERS_PER_PAGE_MAX, AdminLimits.USERS_PER_PAGE);
        List<UserView> users =
                broker.definitions(User.KIND, query.text("prefix", ""), query.text("after", ""), limit).stream()
                        .map(definition -> view(User.of(definition)))
                        .toList();
        @Nullable String next = users.size() < limit ? null : users.getLast().name();
        json.answer(response, 200, new Wire.UserPage(users, next));
    }

    void create(ServerRequest request, ServerResponse response) throws OutcomeUnknownException, InterruptedException {
        Wire.CreateUser body = json.read(request, Wire.CreateUser.class);
        String name = body.name() == null ? "" : body.name();
        if (!User.NAME.matcher(name).matches()) {
            throw Failure.invalid("name is \"" + name + "\", allowed are 1 to 64 letters, digits and + = , . @ _ -")
                    .thrown();
        }
        String given = body.account() == null ? account : body.account();
        if (!User.ACCOUNT.matcher(given).matches()) {
            throw Failure.invalid("account is \"" + given + "\", allowed are twelve digits")
                    .thrown();
        }
        switch (broker.change(new CatalogCommand.Define(User.KIND, name, Definition.NEW, User.attributes(given)))) {
            case CatalogReply.Defined(Definition definition, boolean existed) -> {
                User user = User.of(definition);
                if (existed && !user.account().equals(given)) {
                    throw new Failure(
                                    409,
                                    "USER_EXISTS",
                                    "there is a user \"" + name + "\" of account " + user.account()
                                            + "; delete it first, or choose another name")
                            .thrown();
                }
                json.answer(response, existed ? 200 : 201, view(user));
            }
            case CatalogReply.Refused(CatalogRefusal reason) -> throw refused(reason);
            case CatalogReply.Created _, CatalogReply.Updated _, CatalogReply.Deleted _, CatalogReply.Undefined _ ->
                throw new IllegalStateException("not an answer to a definition");
        }
    }

    void describe(String name, ServerResponse response) throws OutcomeUnknownException, InterruptedException {
        json.answer(response, 200, view(user(name)));
    }

    /** The keys go after the user: from his end on they are nobody's, and if this is cut short they stay so. */
    void delete(String name, ServerResponse response) throws OutcomeUnknownException, InterruptedException {
        User user = user(name);
        undefine(User.KIND, name);
        for (AccessKey key : keys(user)) {
            undefine(AccessKey.KIND, key.id());
        }
        response.status(204).send();
    }

    void listKeys(String name, ServerResponse response) throws OutcomeUnknownException, InterruptedException {
        json.answer(
                response,
                200,
                new Wire.Keys(keys(user(name)).stream().map(UserRoutes::view).toList()));
    }

    void createKey(String name, ServerRequest request, ServerResponse response)
            throws OutcomeUnknownException, InterruptedException {
        Wire.CreateKey body = json.read(request, Wire.CreateKey.class);
        User user = user(name);
        @Nullable
        Duration lifetime = body.lifetime() == null
                ? null
                : Outgoing.duration("lifetime", body.lifetime(), Duration.ofMinutes(1), AccessLimits.LIFETIME_MAX);
        makeRoom(user);
        boolean lasting = lifetime == null;
        String id = credentials.id(lasting);
        String secret = credentials.secret();
        @Nullable String token = lasting ? null : credentials.sessionToken();
        long expiresAt = lifetime == null ? AccessKey.NEVER : clock.millis() + lifetime.toMillis();
        Definition made = define(id, Definition.NEW, AccessKey.attributes(user, secret, true, token, expiresAt));
        KeyView view = view(AccessKey.of(made));
        json.answer(response, 201, new Wire.NewKey(id, view.user(), secret, token, view.createdAt(), view.expiresAt()));
    }

    /** Those that have ended make room for a new one. */
    private void makeRoom(User user) throws OutcomeUnknownException, InterruptedException {
        int kept = 0;
        for (AccessKey key : keys(user)) {
            if (key.expiresAtMillis() <= clock.millis()) {
                undefine(AccessKey.KIND, key.id());
            } else {
                kept++;
            }
        }
        if (kept >= AccessLimits.KEYS_OF_USER_MAX) {
            throw new Failure(
                            409,
                            "TOO_MANY_KEYS",
                            "user \"" + user.name() + "\" has " + kept + " keys, allowed are "
                                    + AccessLimits.KEYS_OF_USER_MAX + "; delete some first")
                    .thrown();
        }
    }

    void updateKey(String name, String id, ServerRequest request, ServerResponse response)
            throws OutcomeUnknownException, InterruptedException {
        Wire.UpdateKey body = json.read(request, Wire.UpdateKey.class);
        User user = user(name);
        for (int tries = 0; tries < AdminLimits.CHANGE_TRIES; tries++) {
            Definition definition = broker.definitionAnywhere(AccessKey.KIND, id)
                    .orElseThrow(() -> noSuchKey(user, id).thrown());
            AccessKey key = checked(user, definition);
            if (body.enabled() == null || body.enabled() == key.enabled()) {
                json.answer(response, 200, view(key));
                return;
            }
            SortedMap<String, String> attributes =
                    AccessKey.attributes(user, key.secret(), body.enabled(), key.sessionToken(), key.expiresAtMillis());
            CatalogReply reply =
                    broker.change(new CatalogCommand.Define(AccessKey.KIND, id, definition.revision(), attributes));
            switch (reply) {
                case CatalogReply.Defined changed -> {
                    json.answer(response, 200, view(AccessKey.of(changed.definition())));
                    return;
                }
                case CatalogReply.Refused(CatalogRefusal reason) -> {
                    if (reason != CatalogRefusal.CHANGED) {
                        throw noSuchKey(user, id).thrown();
                    }
                }
                case CatalogReply.Created _, CatalogReply.Updated _, CatalogReply.Deleted _, CatalogReply.Undefined _ ->
                    throw new IllegalStateException("not an answer to a definition");
            }
        }
        throw new Failure(409, "CHANGED", "key " + id + " is being changed by others; repeat it").thrown();
    }

    void deleteKey(String name, String id, ServerResponse response)
            throws OutcomeUnknownException, InterruptedException {
        User user = user(name);
        checked(user, broker.definitionAnywhere(AccessKey.KIND, id).orElseThrow(() -> noSuchKey(user, id)
                .thrown()));
        undefine(AccessKey.KIND, id);
        response.status(204).send();
    }

    private User user(String name) throws OutcomeUnknownException, InterruptedException {
        return broker.definitionAnywhere(User.KIND, name).map(User::of).orElseThrow(() -> new Failure(
                        404, "NO_SUCH_USER", "there is no user \"" + name + "\"; create it with POST " + UserApi.PATH)
                .thrown());
    }

    private static AccessKey checked(User user, Definition definition) {
        AccessKey key = AccessKey.of(definition);
        if (!key.isOf(user)) {
            throw noSuchKey(user, key.id()).thrown();
        }
        return key;
    }

    private static Failure noSuchKey(User user, String id) {
        return new Failure(
                404,
                "NO_SUCH_KEY",
                "user \"" + user.name() + "\" has no key \"" + id + "\"; GET " + UserApi.PATH + "/" + user.name()
                        + "/keys lists them");
    }

    /** Looks through all keys, a page at a time: rarely asked, so not worth an index. */
    private List<AccessKey> keys(User user) {
        List<AccessKey> keys = new ArrayList<>();
        List<Definition> page = broker.definitions(AccessKey.KIND, "", "", AdminLimits.USERS_PER_PAGE_MAX);
        while (!page.isEmpty()) {
            page.stream().map(AccessKey::of).filter(key -> key.isOf(user)).forEach(keys::add);
            page = broker.definitions(AccessKey.KIND, "", page.getLast().name(), AdminLimits.USERS_PER_PAGE_MAX);
        }
        return keys;
    }

    private Definition define(String id, long revision, SortedMap<String, String> attributes)
            throws OutcomeUnknownException, InterruptedException {
        return switch (broker.change(new CatalogCommand.Define(AccessKey.KIND, id, revision, attributes))) {
            case CatalogReply.Defined(Definition definition, boolean existed) -> {
                if (existed) {
                    throw new IllegalStateException("two keys were thought up with one id");
                }
                yield definition;
            }
            case CatalogReply.Refused(CatalogRefusal reason) -> throw refused(reason);
            case CatalogReply.Created _, CatalogReply.Updated _, CatalogReply.Deleted _, CatalogReply.Undefined _ ->
                throw new IllegalStateException("not an answer to a definition");
        };
    }

    /** It does not matter if somebody else was faster. */
    private void undefine(String kind, String name) throws OutcomeUnknownException, InterruptedException {
        broker.change(new CatalogCommand.Undefine(kind, name));
    }

    private static Failure.Thrown refused(CatalogRefusal reason) {
        return switch (reason) {
            case TOO_MANY_DEFINITIONS ->
                new Failure(409, "TOO_MANY_DEFINITIONS", "there is as much defined as allowed; delete something first")
                        .thrown();
            case NO_SUCH_DEFINITION, CHANGED ->
                new Failure(409, "CHANGED", "it was changed in the meantime; look, and repeat").thrown();
            case NO_SUCH_QUEUE, FIXED_AT_CREATION, TOO_MANY_QUEUES, DELETED_RECENTLY, DEDUPLICATION_SCOPE_TOO_WIDE ->
                throw new IllegalStateException("a user is no queue");
        };
    }

    private static UserView view(User user) {
        return new UserView(
                user.name(),
                user.id(),
                user.account(),
                Instant.ofEpochMilli(user.createdAtMillis()).toString());
    }

    private static KeyView view(AccessKey key) {
        return new KeyView(
                key.id(),
                key.user(),
                key.enabled(),
                Instant.ofEpochMilli(key.createdAtMillis()).toString(),
                key.expiresAtMillis() == AccessKey.NEVER
                        ? null
                        : Instant.ofEpochMilli(key.expiresAtMillis()).toString());
    }
}
