package weir.amqp.topology;

import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import weir.core.catalog.Definition;

/**
 * What a user may do in a virtual host: the names that he may make and delete, give messages to, and take them from.
 *
 * @param userCreated of the user's definition: a namesake later has none of it
 */
public record Permission(String user, long userCreated, Expression configure, Expression write, Expression read) {
    /** The kind of its definition, whose name is the virtual host's id, a slash, and the user's name. */
    public static final String KIND = "amqp.permission";

    public enum Right {
        CONFIGURE,
        WRITE,
        READ;

        private final String word = name().toLowerCase(Locale.ROOT);

        String word() {
            return word;
        }
    }

    static String key(VirtualHost host, String user) {
        return host.id() + "/" + user;
    }

    static Permission of(Definition definition) {
        SortedMap<String, String> attributes = definition.attributes();
        String key = definition.name();
        return new Permission(
                key.substring(key.indexOf('/') + 1),
                Long.parseLong(attributes.getOrDefault("user-created", "0")),
                Expression.ofPermission(attributes.getOrDefault("configure", "")),
                Expression.ofPermission(attributes.getOrDefault("write", "")),
                Expression.ofPermission(attributes.getOrDefault("read", "")));
    }

    static SortedMap<String, String> attributes(long userCreated, String configure, String write, String read) {
        SortedMap<String, String> attributes = new TreeMap<>();
        attributes.put("user-created", Long.toString(userCreated));
        attributes.put("configure", configure);
        attributes.put("write", write);
        attributes.put("read", read);
        return attributes;
    }

    boolean allows(Right right, String name) {
        return switch (right) {
            case CONFIGURE -> configure.matches(name);
            case WRITE -> write.matches(name);
            case READ -> read.matches(name);
        };
    }
}
