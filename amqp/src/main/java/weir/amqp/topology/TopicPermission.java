package weir.amqp.topology;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import weir.core.catalog.Definition;

/**
 * Which routing keys a user may write and read by at a topic exchange. Where there is none, all.
 *
 * @param write may hold {@code {username}} and {@code {vhost}}, which stand for themselves
 */
public record TopicPermission(String user, long userCreated, String exchange, String write, String read) {
    /** The kind of its definition, whose name is the virtual host's id, the user's name and the exchange's, between slashes. */
    public static final String KIND = "amqp.topic-permission";

    static String key(VirtualHost host, String user, String exchange) {
        return host.id() + "/" + user + "/" + exchange;
    }

    static TopicPermission of(Definition definition) {
        String[] parts = definition.name().split("/", 3); // Only the exchange's name, the last, may have slashes.
        if (parts.length != 3) {
            throw new IllegalArgumentException("a topic permission of the name " + definition.name());
        }
        SortedMap<String, String> attributes = definition.attributes();
        return new TopicPermission(
                parts[1],
                Long.parseLong(attributes.getOrDefault("user-created", "0")),
                parts[2],
                attributes.getOrDefault("write", ""),
                attributes.getOrDefault("read", ""));
    }

    static SortedMap<String, String> attributes(long userCreated, String write, String read) {
        SortedMap<String, String> attributes = new TreeMap<>();
        attributes.put("user-created", Long.toString(userCreated));
        attributes.put("write", write);
        attributes.put("read", read);
        return attributes;
    }

    boolean allows(Permission.Right right, String virtualHost, String routingKey) {
        String text =
                switch (right) {
                    case WRITE -> write;
                    case READ -> read;
                    case CONFIGURE -> "";
                };
        return Expression.ofPermission(filled(text, user, virtualHost)).matches(routingKey);
    }

    /** With names in the places that are kept for them. */
    static String filled(String text, String user, String virtualHost) {
        return text.replace("{username}", Pattern.quote(user)).replace("{vhost}", Pattern.quote(virtualHost));
    }
}
