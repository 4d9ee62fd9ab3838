package weir.chaos.nemesis;

import java.io.IOException;

/**
 * A harm, chosen down to the node, not yet done.
 *
 * @param text what it does, for the report: "node 2"
 */
record Fault(Harm harm, String text, Step harmful, Step healing) {
    /** Does something to the lab. */
    interface Step {
        void run() throws IOException, InterruptedException;
    }
}
