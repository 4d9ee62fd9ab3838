package weir.sqs.auth;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import weir.core.access.AccessKey;
import weir.core.access.User;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;

/** The access keys of the catalog, through whichever node they were made. */
public record CatalogKeys(Broker broker) implements KeyStore {
    @Override
    public @Nullable Key find(String id) throws OutcomeUnknownException, InterruptedException {
        if (!AccessKey.ID.matcher(id).matches()) {
            return null;
        }
        AccessKey key =
                broker.definitionAnywhere(AccessKey.KIND, id).map(AccessKey::of).orElse(null);
        if (key == null || !key.enabled()) {
            return null;
        }
        User user = broker.definition(User.KIND, key.user()).map(User::of).orElse(null);
        if (user == null || !key.isOf(user)) {
            return null; // It outlived its user.
        }
        return new Key(
                id,
                key.created(),
                key.secret(),
                key.sessionToken(),
                key.expiresAtMillis() == AccessKey.NEVER ? null : Instant.ofEpochMilli(key.expiresAtMillis()),
                new Principal.User(user.account(), user.name(), user.id()));
    }
}
