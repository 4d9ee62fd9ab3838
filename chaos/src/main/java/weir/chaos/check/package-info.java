/**
 * Holds a history against what a queue promises.
 *
 * <p>Each {@link weir.chaos.check.Invariant} is one promise. It accuses only of what is certain: an operation took effect
 * at some instant between its begin and its end, one without an answer perhaps never, and a check takes the reading that
 * is best for the server. So a violation is always the server's (or the tolerance for clocks is set too narrow).
 *
 * <p>Every check takes time linear in the history, but for sorting.
 */
@NullMarked
package weir.chaos.check;

import org.jspecify.annotations.NullMarked;
