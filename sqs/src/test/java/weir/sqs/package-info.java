/** Tests of the SQS front, over real sockets and a small broker in memory. */
@NullMarked
package weir.sqs;

import org.jspecify.annotations.NullMarked;
