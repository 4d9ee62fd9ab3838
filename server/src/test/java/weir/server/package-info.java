/** The server as a whole: started, asked over its ports, stopped, started again. */
@NullMarked
package weir.server;

import org.jspecify.annotations.NullMarked;
