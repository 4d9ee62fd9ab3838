package weir.core.cluster;

import java.util.List;

/** What became of a {@link ClusterAction}. */
public sealed interface ClusterAnswer {
    /** @param lines what was done, what follows by itself, and what to look out for; the first says the most */
    record Done(List<String> lines) implements ClusterAnswer {
        public Done {
            lines = List.copyOf(lines);
        }
    }

    /** @param text what is in the way, and what to do */
    record Refused(ClusterRefusal reason, String text) implements ClusterAnswer {}
}
