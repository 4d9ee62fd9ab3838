/** Tests of what the actions are made of. */
@NullMarked
package weir.sqs.action;

import org.jspecify.annotations.NullMarked;
