package weir.core.access;

import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import weir.core.catalog.Definition;

/**
 * What a user shows who he is with: an id that is told to everybody, and a secret that signs. The secret is kept as it is,
 * since a signature can be checked with nothing less.
 *
 * @param userCreated {@link User#created} of its user: a user of the same name later is another
 * @param sessionToken what goes with a key that ends by itself; null for one that lasts
 * @param expiresAtMillis when it ends; {@link #NEVER} for one that lasts
 * @param created tells two keys apart that bore the same id one after the other
 */
public record AccessKey(
        String id,
        String user,
        long userCreated,
        String secret,
        boolean enabled,
        @Nullable String sessionToken,
        long expiresAtMillis,
        long created,
        long createdAtMillis) {
    /** The kind of its definition. Its name is the id. */
    public static final String KIND = "access-key";

    public static final long NEVER = Long.MAX_VALUE;

    public static final Pattern ID = Pattern.compile("[A-Za-z0-9_]{1,128}");

    public static AccessKey of(Definition definition) {
        SortedMap<String, String> attributes = definition.attributes();
        return new AccessKey(
                definition.name(),
                Objects.requireNonNull(attributes.get("user")),
                Long.parseLong(Objects.requireNonNull(attributes.get("user-created"))),
                Objects.requireNonNull(attributes.get("secret")),
                "true".equals(attributes.get("enabled")),
                attributes.get("session-token"),
                Long.parseLong(attributes.getOrDefault("expires-at", Long.toString(NEVER))),
                definition.created(),
                definition.createdAtMillis());
    }

    /** The attributes of the definition of a key. */
    public static SortedMap<String, String> attributes(
            User user, String secret, boolean enabled, @Nullable String sessionToken, long expiresAtMillis) {
        SortedMap<String, String> attributes = new TreeMap<>();
        attributes.put("user", user.name());
        attributes.put("user-created", Long.toString(user.created()));
        attributes.put("secret", secret);
        attributes.put("enabled", Boolean.toString(enabled));
        if (sessionToken != null) {
            attributes.put("session-token", sessionToken);
        }
        if (expiresAtMillis != NEVER) {
            attributes.put("expires-at", Long.toString(expiresAtMillis));
        }
        return attributes;
    }

    public boolean isOf(User owner) {
        return user.equals(owner.name()) && userCreated == owner.created();
    }

    /** Without the secrets: a record's own would show them. */
    @Override
    public String toString() {
        return "AccessKey[" + id + " of " + user + "]";
    }
}
