package weir.sqs.sns.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a policy says of one place in a message: what may stand there, what is to be further in, and groups of conditions of
 * which one is enough. All of it has to hold.
 *
 * <p>Written while a policy is read, only read thereafter.
 */
final class Condition {
    private final PathStep place;
    private @Nullable List<Rule> values;
    private final Map<String, Condition> within = new TreeMap<>();
    private final List<List<Condition>> anyOf = new ArrayList<>();

    Condition(PathStep place) {
        this.place = place;
    }

    PathStep place() {
        return place;
    }

    /** One of these has to hold; null if nothing is said of a value at this place. */
    @Nullable
    List<Rule> values() {
        return values;
    }

    /** The later of two sets of rules for one place counts, as on AWS. */
    void setValues(List<Rule> rules) {
        values = List.copyOf(rules);
    }

    Map<String, Condition> within() {
        return within;
    }

    Condition orAdd(String name) {
        return within.computeIfAbsent(name, added -> new Condition(place.orAdd(added)));
    }

    List<List<Condition>> anyOf() {
        return anyOf;
    }
}
