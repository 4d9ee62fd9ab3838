/**
 * The process: {@link weir.server.Main} is where it begins, {@link weir.server.WeirServer} the page of wiring.
 *
 * <p>Configuration, the command line and the load program have packages of their own below this one. Nothing here knows
 * a rule about queues or a byte of a protocol; whatever looks like one belongs into the module it is about.
 */
@NullMarked
package weir.server;

import org.jspecify.annotations.NullMarked;
