/**
 * What happened in a run: every operation of every client with its begin, end and outcome, and what was done to the
 * cluster meanwhile. Text lines in a file, so that a run can be read, cut down and checked again.
 *
 * <p>All times are of one monotonic clock, that of the program which runs the clients: microseconds since the run began.
 *
 * <p>Not here: what the history has to fulfil, see {@code weir.chaos.check}.
 */
@NullMarked
package weir.chaos.history;

import org.jspecify.annotations.NullMarked;
