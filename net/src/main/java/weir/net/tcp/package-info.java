/**
 * Accepting TCP connections: what the fronts of the two binary protocols share.
 *
 * <p>Each connection is served by a virtual thread of its own, with straight-line code that blocks. How many may be open at
 * a time is a limit; beyond it clients wait to be accepted, and nobody who is connected is disturbed.
 *
 * <p>Not here: what is said on a connection, how long it may be silent, and HTTP (see {@code weir.net.http}).
 */
@NullMarked
package weir.net.tcp;

import org.jspecify.annotations.NullMarked;
