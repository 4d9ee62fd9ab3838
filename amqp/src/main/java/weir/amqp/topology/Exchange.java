package weir.amqp.topology;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import weir.amqp.wire.FieldTable;
import weir.core.catalog.Definition;

/**
 * An exchange.
 *
 * @param id no other ever has it, see {@link Ids}
 * @param predeclared whether it came with its virtual host, and is in no definition
 * @param internal whether only other exchanges may give it messages
 */
public record Exchange(
        String name,
        String id,
        boolean predeclared,
        ExchangeType type,
        boolean durable,
        boolean autoDelete,
        boolean internal,
        FieldTable arguments) {
    /** The kind of its definition, whose name is the virtual host's id, a slash, and its own. */
    public static final String KIND = "amqp.exchange";

    /** The one that has no name, and knows every queue by its own. */
    public static final String DEFAULT = "";

    static final String ALTERNATE = "alternate-exchange";
    static final String DELAYED_TYPE = "x-delayed-type";
    static final String HISTORY_LENGTH = "x-recent-history-length";

    /** The plug-in's figure. */
    private static final long HISTORY_LENGTH_DEFAULT = 20;

    static final String HASH_HEADER = "hash-header";
    static final String HASH_PROPERTY = "hash-property";

    /** Names that only the server gives. */
    static final String RESERVED_PREFIX = "amq.";

    static String key(VirtualHost host, String name) {
        return host.id() + "/" + name;
    }

    /** The id of the virtual host that a definition is in. */
    static String hostOf(Definition definition) {
        String key = definition.name();
        return key.substring(0, Math.max(0, key.indexOf('/')));
    }

    /** @throws IllegalArgumentException if it is no exchange, or one of a type that only a newer release knows */
    static Exchange of(Definition definition) {
        SortedMap<String, String> attributes = definition.attributes();
        String key = definition.name();
        String type = attributes.getOrDefault("type", "");
        return new Exchange(
                key.substring(key.indexOf('/') + 1),
                Ids.of(definition.created()),
                false,
                ExchangeType.named(type)
                        .orElseThrow(() -> new IllegalArgumentException("an exchange of the unknown type " + type)),
                "true".equals(attributes.get("durable")),
                "true".equals(attributes.get("auto-delete")),
                "true".equals(attributes.get("internal")),
                ArgumentText.read(attributes.getOrDefault("arguments", "{}")));
    }

    static SortedMap<String, String> attributes(
            ExchangeType type, boolean durable, boolean autoDelete, boolean internal, String arguments) {
        SortedMap<String, String> attributes = new TreeMap<>();
        attributes.put("type", type.word());
        attributes.put("durable", Boolean.toString(durable));
        attributes.put("auto-delete", Boolean.toString(autoDelete));
        attributes.put("internal", Boolean.toString(internal));
        attributes.put("arguments", arguments);
        return attributes;
    }

    /** Those that every virtual host has. Nobody can change or delete them, so they need no definitions. */
    static List<Exchange> predeclared(VirtualHost host) {
        List<Exchange> all = new ArrayList<>();
        all.add(predeclared(host, DEFAULT, ExchangeType.DIRECT, false));
        all.add(predeclared(host, "amq.direct", ExchangeType.DIRECT, false));
        all.add(predeclared(host, "amq.fanout", ExchangeType.FANOUT, false));
        all.add(predeclared(host, "amq.topic", ExchangeType.TOPIC, false));
        all.add(predeclared(host, "amq.headers", ExchangeType.HEADERS, false));
        all.add(predeclared(host, "amq.match", ExchangeType.HEADERS, false));
        all.add(predeclared(host, "amq.rabbitmq.trace", ExchangeType.TOPIC, true));
        return all;
    }

    private static Exchange predeclared(VirtualHost host, String name, ExchangeType type, boolean internal) {
        return new Exchange(name, host.id() + "." + name, true, type, true, false, internal, FieldTable.EMPTY);
    }

    public boolean isDefault() {
        return name.equals(DEFAULT);
    }

    /** How it chooses: its type, or what its arguments say in the place of {@link ExchangeType#DELAYED}. */
    public ExchangeType routing() {
        return type == ExchangeType.DELAYED && arguments.get(DELAYED_TYPE) instanceof String inner
                ? ExchangeType.named(inner).orElse(ExchangeType.DIRECT)
                : type;
    }

    /** How many messages it keeps for who is bound later, if it is of the type that does. */
    public long historyLength() {
        return arguments.get(HISTORY_LENGTH) instanceof Number length ? length.longValue() : HISTORY_LENGTH_DEFAULT;
    }

    /** The one that its own arguments name for what goes nowhere. */
    public @Nullable String alternate() {
        return arguments.get(ALTERNATE) instanceof String name ? name : null;
    }
}
