/** What stands behind SNS's actions, a piece at a time. Whole requests are sent in {@code weir.sqs}. */
@NullMarked
package weir.sqs.sns;

import org.jspecify.annotations.NullMarked;
