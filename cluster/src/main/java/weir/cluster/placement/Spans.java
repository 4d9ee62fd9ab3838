package weir.cluster.placement;

/** Spans of time as sentences for the operator have them: rounded, one unit. */
final class Spans {
    private Spans() {}

    static String text(long millis) {
        long seconds = Math.max(0, millis) / 1_000;
        if (seconds < 120) {
            return seconds + " s";
        }
        long minutes = seconds / 60;
        if (minutes < 120) {
            return minutes + " min";
        }
        long hours = minutes / 60;
        return hours < 48 ? hours + " h" : hours / 24 + " days";
    }
}
