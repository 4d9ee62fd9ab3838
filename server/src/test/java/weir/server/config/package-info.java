/** What configuration is taken, and how it is refused. */
@NullMarked
package weir.server.config;

import org.jspecify.annotations.NullMarked;
