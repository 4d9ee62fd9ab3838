package weir.cluster.placement;

import java.util.Locale;

/** What the operator wants of a node; whether it answers is another matter. */
public enum NodeState {
    /** Takes its share. */
    ACTIVE,
    /** Gives away its leaders, then its replicas. Serves clients as before. */
    DRAINING,
    /** Was a member and is none for good: its number is not used again. */
    REMOVED;

    /** As the catalog and the operator write it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static NodeState of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
