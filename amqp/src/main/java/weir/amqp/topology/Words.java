package weir.amqp.topology;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/** Tags in one attribute, between commas as in RabbitMQ's definition files. */
final class Words {
    private Words() {}

    static String of(Collection<String> words) {
        return String.join(",", words);
    }

    /** Sorted; what is blank is none. */
    static Set<String> read(String text) {
        Set<String> words = new TreeSet<>();
        for (String word : text.split(",", -1)) {
            if (!word.isBlank()) {
                words.add(word.strip());
            }
        }
        return words;
    }
}
