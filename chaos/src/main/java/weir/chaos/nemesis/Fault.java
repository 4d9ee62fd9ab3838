package weir.chaos.nemesis;

import java.io.IOException;
import java.util.function.Supplier;

/**
 * A harm, chosen down to the node, not yet done.
 *
 * @param text what it does, for the report: "node 2"
 * @param note what more there is to say once it was done and undone; empty if nothing
 */
record Fault(Harm harm, String text, Step harmful, Step healing, Supplier<String> note) {
    Fault(Harm harm, String text, Step harmful, Step healing) {
        this(harm, text, harmful, healing, () -> "");
    }

    /** Does something to the lab. */
    interface Step {
        void run() throws IOException, InterruptedException;
    }
}
