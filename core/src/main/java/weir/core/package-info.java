/**
 * The nouns of Weir: message, batch, queue, partition, position, lease, and the limits on each.
 *
 * <p>Everything here is an immutable value. Nothing in {@code weir.core} or below reads a clock, draws a random number,
 * touches a file or socket, or starts a thread, and no protocol's name or type appears in it: the fronts translate.
 */
@NullMarked
package weir.core;

import org.jspecify.annotations.NullMarked;
