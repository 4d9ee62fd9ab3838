/** Tests of the wire formats. */
@NullMarked
package weir.sqs.auth;

import org.jspecify.annotations.NullMarked;
