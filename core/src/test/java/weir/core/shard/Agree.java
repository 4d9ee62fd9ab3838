package weir.core.shard;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Compares a hundred million times without making a word of it, unless it fails. */
final class Agree {
    private Agree() {}

    static void same(String what, Object of, @Nullable Object machine, @Nullable Object model) {
        if (!Objects.equals(machine, model)) {
            throw new AssertionError(what + " " + of + ": the machine has " + machine + ", expected is " + model);
        }
    }
}
