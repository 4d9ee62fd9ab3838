package weir.sqs.sns.filter;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One name on the way to something that a policy names, and those that may follow it. A dot in a name is a step like a
 * brace: on AWS {@code {"a.b": 1}} and {@code {"a": {"b": 1}}} are the same, in policies and in messages.
 *
 * <p>Written while a policy is read, only read thereafter.
 */
final class PathStep {
    private final int depth;
    private final Map<String, PathStep> next = new HashMap<>();

    PathStep() {
        this(0);
    }

    private PathStep(int depth) {
        this.depth = depth;
    }

    int depth() {
        return depth;
    }

    PathStep orAdd(String name) {
        return next.computeIfAbsent(name, _ -> new PathStep(depth + 1));
    }

    @Nullable
    PathStep then(String name) {
        return next.get(name);
    }
}
