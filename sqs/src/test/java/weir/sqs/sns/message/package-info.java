/** Tests of the forms that a published message has. */
@NullMarked
package weir.sqs.sns.message;

import org.jspecify.annotations.NullMarked;
