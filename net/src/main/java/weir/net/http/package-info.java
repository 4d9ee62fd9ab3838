/**
 * What every room that serves HTTP needs of a connection and Helidon does not have: to notice that a client has gone while
 * its request waits ({@link weir.net.http.HttpCaller}), and to close connections whose requests or answers take too long
 * ({@link weir.net.http.RequestDeadlines}).
 *
 * <p>Not here: routes, bodies, errors, and what a room answers; nor anything of a protocol that is not HTTP.
 */
@NullMarked
package weir.net.http;

import org.jspecify.annotations.NullMarked;
