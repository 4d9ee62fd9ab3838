/** Tests of the filter policies, as tables. */
@NullMarked
package weir.sqs.sns.filter;

import org.jspecify.annotations.NullMarked;
