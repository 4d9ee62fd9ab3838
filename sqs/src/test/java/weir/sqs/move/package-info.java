/** Tests of what a move task keeps. */
@NullMarked
package weir.sqs.move;

import org.jspecify.annotations.NullMarked;
