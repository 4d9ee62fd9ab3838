/** The admin API over real sockets, in front of a broker in memory. */
@NullMarked
package weir.admin;

import org.jspecify.annotations.NullMarked;
