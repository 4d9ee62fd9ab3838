/**
 * Chaos: a cluster of real processes is harmed in every way that we can think of while clients use it; all that they saw
 * is recorded, and held against what Weir promises.
 *
 * <p>Nothing here knows the server but by its command and its protocols: what is tested is what users run.
 *
 * <p>Not here: the simulation, which finds more, faster, and replays it, but is not the real thing.
 */
@NullMarked
package weir.chaos;

import org.jspecify.annotations.NullMarked;
