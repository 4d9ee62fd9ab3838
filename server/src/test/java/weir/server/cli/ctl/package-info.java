/** Tests of {@code weir rabbitmqctl} that need no server. */
@NullMarked
package weir.server.cli.ctl;

import org.jspecify.annotations.NullMarked;
