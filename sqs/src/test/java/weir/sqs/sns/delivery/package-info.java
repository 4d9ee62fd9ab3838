/** Tests of what delivering is made of. */
@NullMarked
package weir.sqs.sns.delivery;

import org.jspecify.annotations.NullMarked;
