/** Tests of the wire formats. */
@NullMarked
package weir.sqs.policy;

import org.jspecify.annotations.NullMarked;
