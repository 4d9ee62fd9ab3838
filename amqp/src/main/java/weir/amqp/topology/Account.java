package weir.amqp.topology;

import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import weir.core.access.User;
import weir.core.catalog.Definition;

/**
 * What AMQP knows of a user besides that there is one: how he shows who he is, and his tags. The user himself is every front's
 * ({@link User}).
 *
 * @param userCreated {@link User#created} of its user: a user of the same name later is another
 */
public record Account(
        String user, long userCreated, PasswordHash password, Set<String> tags, long connectionsMax, long channelsMax) {
    /** The kind of its definition, whose name is the user's. */
    public static final String KIND = "amqp.account";

    public Account {
        tags = Set.copyOf(tags);
    }

    static Account of(Definition definition) {
        SortedMap<String, String> attributes = definition.attributes();
        return new Account(
                definition.name(),
                Long.parseLong(attributes.getOrDefault("user-created", "0")),
                new PasswordHash(
                        attributes.getOrDefault("password-hash", ""),
                        PasswordHash.Algorithm.named(
                                attributes.getOrDefault("hashing-algorithm", PasswordHash.Algorithm.SHA_256.word()))),
                Words.read(attributes.getOrDefault("tags", "")),
                Long.parseLong(attributes.getOrDefault("max-connections", "-1")),
                Long.parseLong(attributes.getOrDefault("max-channels", "-1")));
    }

    SortedMap<String, String> attributes() {
        SortedMap<String, String> attributes = new TreeMap<>();
        attributes.put("user-created", Long.toString(userCreated));
        attributes.put("password-hash", password.text());
        attributes.put("hashing-algorithm", password.algorithm().word());
        attributes.put("tags", Words.of(new TreeSet<>(tags)));
        if (connectionsMax != VirtualHost.UNLIMITED) {
            attributes.put("max-connections", Long.toString(connectionsMax));
        }
        if (channelsMax != VirtualHost.UNLIMITED) {
            attributes.put("max-channels", Long.toString(channelsMax));
        }
        return attributes;
    }

    boolean isOf(User owner) {
        return user.equals(owner.name()) && userCreated == owner.created();
    }

    Login login() {
        return new Login(user, userCreated, tags, connectionsMax, channelsMax);
    }
}
