package weir.amqp.topology;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.SortedMap;
import java.util.TreeMap;
import weir.amqp.wire.FieldTable;
import weir.core.catalog.Definition;

/**
 * A binding as the catalog has it: ends by their ids, so that it ends with either of them.
 *
 * <p>The name of its definition is {@code SOURCE/q.QUEUE/DIGEST} or {@code SOURCE/e.EXCHANGE/DIGEST}, the digest being that of
 * key and arguments: all of an exchange's bindings are listed by a prefix, and to bind twice is to bind once. One of a short
 * key takes some 150 bytes of the catalog.
 *
 * @param name of its definition
 * @param source the exchange's id
 * @param created the order in which bindings were made
 */
public record Binding(
        String name, String source, Destination destination, String routingKey, FieldTable arguments, long created) {
    /** The kind of its definition. */
    public static final String KIND = "amqp.binding";

    /** Of a digest that nobody finds two of; a name needs no more. */
    private static final int DIGEST_BYTES = 24;

    /** Where it leads. */
    public sealed interface Destination {
        /** @param id {@link weir.core.catalog.Queue#id} */
        record ToQueue(long id) implements Destination {
            @Override
            public String toString() {
                return "q." + Ids.of(id);
            }
        }

        /** @param id {@link Exchange#id} */
        record ToExchange(String id) implements Destination {
            @Override
            public String toString() {
                return "e." + id;
            }
        }

        /** @throws IllegalArgumentException if it is none */
        static Destination of(String text) {
            if (text.startsWith("q.")) {
                return new ToQueue(Ids.number(text.substring(2)));
            }
            if (text.startsWith("e.")) {
                return new ToExchange(text.substring(2));
            }
            throw new IllegalArgumentException("a binding to " + text);
        }
    }

    /** What all bindings of an exchange begin with. */
    static String prefix(String exchangeId) {
        return exchangeId + "/";
    }

    static String name(String exchangeId, Destination destination, String routingKey, String arguments) {
        return prefix(exchangeId) + destination + "/" + digest(routingKey, arguments);
    }

    private static String digest(String routingKey, String arguments) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            // The length keeps a key's end and the arguments' beginning apart.
            byte[] whole =
                    sha.digest((routingKey.length() + ":" + routingKey + arguments).getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(whole, DIGEST_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    static SortedMap<String, String> attributes(String routingKey, String arguments) {
        SortedMap<String, String> attributes = new TreeMap<>();
        attributes.put("key", routingKey);
        if (!arguments.equals(NO_ARGUMENTS)) {
            attributes.put("arguments", arguments);
        }
        return attributes;
    }

    private static final String NO_ARGUMENTS = ArgumentText.of(FieldTable.EMPTY);

    /** @throws IllegalArgumentException if it is none, or of a form that only a newer release knows */
    static Binding of(Definition definition) {
        String[] parts = definition.name().split("/", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("a binding of the name " + definition.name());
        }
        String arguments = definition.attributes().getOrDefault("arguments", NO_ARGUMENTS);
        return new Binding(
                definition.name(),
                parts[0],
                Destination.of(parts[1]),
                definition.attributes().getOrDefault("key", ""),
                arguments.equals(NO_ARGUMENTS) ? FieldTable.EMPTY : ArgumentText.read(arguments),
                definition.created());
    }
}
