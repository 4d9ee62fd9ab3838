package weir.cluster.placement;

import java.util.Locale;

/** Loads as sentences for the operator have them. */
final class Rates {
    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;

    private Rates() {}

    static String text(long bytesPerSecond) {
        return bytesPerSecond < MIB
                ? bytesPerSecond / KIB + " KiB/s"
                : String.format(Locale.ROOT, "%.1f MiB/s", (double) bytesPerSecond / MIB);
    }
}
