/**
 * Durations and sizes as people write them: in configuration files, on the command line and in the admin API.
 *
 * <p>One spelling for all three, always with a unit, so that nobody has to guess whether 30 is seconds. What a protocol
 * prescribes on its wire is not here but with its front.
 */
@NullMarked
package weir.core.text;

import org.jspecify.annotations.NullMarked;
