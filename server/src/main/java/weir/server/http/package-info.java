/**
 * The HTTP/1.1 client of the command line and the load program: one blocking connection, one request at a time.
 *
 * <p>Why not {@code java.net.http}: a load program must cost less than the server it drives, on the same two cores, and
 * the JDK's client takes several times the CPU per request; and a command must start quickly. Not here: redirects,
 * proxies, cookies, compression, HTTP/2.
 */
@NullMarked
package weir.server.http;

import org.jspecify.annotations.NullMarked;
