/**
 * SNS's filter policies: which published messages a subscription wants, told by their attributes or by their JSON body.
 *
 * <p>{@link weir.sqs.sns.filter.FilterPolicy} is the door: it reads a policy, with AWS's words for what is wrong with it, and
 * tells whether a message matches. Pure: no clock, no broker, nothing kept but the policy. A message costs time in
 * proportion to its size and the policy's, whatever either looks like.
 *
 * <p>Not here: which subscriptions there are, and who asks ({@link weir.sqs.sns.publish}).
 */
@NullMarked
package weir.sqs.sns.filter;

import org.jspecify.annotations.NullMarked;
