/**
 * Measurements: the engine alone in one process, and side-by-side runs against real peers. Figures, machine and commands
 * stand in {@code bench/README.md}.
 *
 * <p>Not here: tests. Nothing in here fails a build by being slow.
 */
@NullMarked
package weir.bench;

import org.jspecify.annotations.NullMarked;
