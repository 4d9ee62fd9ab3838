/** Tests of the wire formats. */
@NullMarked
package weir.sqs.wire;

import org.jspecify.annotations.NullMarked;
