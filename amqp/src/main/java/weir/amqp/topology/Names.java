package weir.amqp.topology;

import weir.amqp.wire.AmqpException;
import weir.amqp.wire.FieldTable;
import weir.core.Bytes;

/** What is done to names and arguments before they are kept. */
final class Names {
    private Names() {}

    /** Line ends are taken out of names, as RabbitMQ does without a word. */
    static String stripped(String name) {
        return name.replace("\r", "").replace("\n", "");
    }

    /** @throws AmqpException 406 if no client could say it again */
    static void check(Resource resource) throws AmqpException {
        if (Bytes.utf8(resource.name()).length() > TopologyLimits.NAME_BYTES_MAX) {
            throw BindingRules.refused(
                    "the name of " + resource + " is longer than " + TopologyLimits.NAME_BYTES_MAX + " bytes");
        }
    }

    /**
     * As they are kept.
     *
     * @throws AmqpException 406 if they are too many, or tables within tables without an end
     */
    static String arguments(FieldTable arguments) throws AmqpException {
        String text;
        try {
            text = ArgumentText.of(arguments);
        } catch (IllegalArgumentException e) {
            throw BindingRules.refused("invalid arguments: " + e.getMessage());
        }
        if (text.length() > TopologyLimits.ARGUMENTS_CHARS_MAX) {
            throw BindingRules.refused("the arguments take " + text.length() + " characters, allowed are "
                    + TopologyLimits.ARGUMENTS_CHARS_MAX);
        }
        return text;
    }
}
