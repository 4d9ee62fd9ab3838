package weir.server.cli.ctl;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One command line, taken apart as RabbitMQ's tool does it: options may stand anywhere.
 *
 * @param command the subcommand; empty if there is none
 * @param arguments what is no option
 * @param values of options that have one, by their long names
 * @param flags the others
 */
record Line(String command, List<String> arguments, Map<String, String> values, Set<String> flags) {
    private static final Map<String, String> SHORT = Map.of(
            "-p", "vhost",
            "-n", "node",
            "-t", "timeout",
            "-q", "quiet",
            "-s", "silent",
            "-l", "longnames",
            "-h", "help",
            "-e", "if-empty",
            "-u", "if-unused",
            "-d", "description");

    private static final Set<String> WITH_VALUE = Set.of(
            "vhost",
            "node",
            "timeout",
            "formatter",
            "printer",
            "erlang-cookie",
            "script-name",
            "priority",
            "apply-to",
            "limit",
            "per-connection-delay",
            "description",
            "tags",
            "default-queue-type",
            "user",
            "unit",
            "server");

    private static final Set<String> FLAGS = Set.of(
            "quiet",
            "silent",
            "longnames",
            "help",
            "if-empty",
            "if-unused",
            "no-table-headers",
            "table-headers",
            "global",
            "online",
            "offline",
            "local",
            "pre-hashed-password",
            "dry-run");

    static Line of(List<String> words) {
        List<String> rest = new ArrayList<>();
        Map<String, String> values = new HashMap<>();
        Set<String> flags = new HashSet<>();
        boolean options = true;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (options && word.equals("--")) {
                options = false;
                continue;
            }
            boolean option = options && (SHORT.containsKey(word) || word.startsWith("--"));
            if (!option) {
                rest.add(word);
                continue;
            }
            int equals = word.startsWith("--") ? word.indexOf('=') : -1;
            String said = equals < 0 ? word : word.substring(0, equals);
            String name = SHORT.getOrDefault(said, said.startsWith("--") ? said.substring(2) : said)
                    .replace('_', '-');
            if (FLAGS.contains(name) && equals < 0) {
                flags.add(name);
            } else if (!WITH_VALUE.contains(name)) {
                throw CtlFailure.usage("Invalid options for this command: " + word);
            } else if (equals >= 0) {
                values.put(name, word.substring(equals + 1));
            } else if (++i < words.size()) {
                values.put(name, words.get(i));
            } else {
                throw CtlFailure.usage("Invalid options for this command: " + word + " has no value");
            }
        }
        return new Line(
                rest.isEmpty() ? "" : rest.getFirst(),
                rest.isEmpty() ? List.of() : List.copyOf(rest.subList(1, rest.size())),
                Map.copyOf(values),
                Set.copyOf(flags));
    }

    String host() {
        return values.getOrDefault("vhost", "/");
    }

    Optional<String> value(String option) {
        return Optional.ofNullable(values.get(option));
    }

    boolean has(String flag) {
        return flags.contains(flag);
    }

    String argument(int number) {
        return arguments.get(number);
    }

    /** Without a line that says what is done. */
    boolean isQuiet() {
        return has("quiet") || has("silent");
    }

    long number(String option, long otherwise) {
        String text = values.get(option);
        if (text == null) {
            return otherwise;
        }
        if (!text.matches("-?\\d{1,15}")) {
            throw CtlFailure.usage("Invalid options for this command: --" + option + " is \"" + text
                    + "\", allowed is a whole number");
        }
        return Long.parseLong(text);
    }
}
