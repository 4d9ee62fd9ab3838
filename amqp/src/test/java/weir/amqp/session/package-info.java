/** Tests of what connections share. */
@NullMarked
package weir.amqp.session;

import org.jspecify.annotations.NullMarked;
