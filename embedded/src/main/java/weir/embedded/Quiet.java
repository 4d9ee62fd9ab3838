package weir.embedded;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Helidon tells of every socket it opens and closes. Below warnings nobody who embeds a server wants to read it. */
final class Quiet {
    /** Held on to: a logger that nobody holds forgets its level. */
    private static final Logger HELIDON = Logger.getLogger("io.helidon");

    private Quiet() {}

    /** Unless the program has said what it wants of it. */
    static void helidon() {
        if (HELIDON.getLevel() == null) {
            HELIDON.setLevel(Level.WARNING);
        }
    }
}
