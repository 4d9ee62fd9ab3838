package weir.chaos.check;

import java.util.List;

/**
 * What came of one check.
 *
 * @param looked how many things were looked at
 * @param violations how many of them break the promise
 * @param shown the first of those
 */
public record Verdict(String name, String promise, long looked, long violations, List<Findings.Violation> shown) {
    public Verdict {
        shown = List.copyOf(shown);
    }

    public boolean holds() {
        return violations == 0;
    }
}
