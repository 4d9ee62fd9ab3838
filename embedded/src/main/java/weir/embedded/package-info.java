/**
 * A whole Weir server inside of another program: {@link weir.embedded.WeirServer#start()} and it answers, on loopback, with
 * its data in a directory that goes when it does.
 *
 * <p>The public face of the server for programs. It is the same server that {@code weir server} runs, durable and all;
 * what is added is that tests can move its clock and empty it, and that every failure is an unchecked exception.
 *
 * <p>Not here: anything a server does, a client of any protocol (bring your own), and how tests are run; for JUnit there
 * is {@code weir.junit}.
 */
@NullMarked
package weir.embedded;

import org.jspecify.annotations.NullMarked;
