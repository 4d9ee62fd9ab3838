/**
 * Who may do what: IAM policy documents, read, edited and evaluated, for the queues of SQS and the topics of SNS alike.
 *
 * <p>Pure. {@link weir.sqs.policy.PolicyDocument} is the text as a tree, for AddPermission and its like; {@link
 * weir.sqs.policy.Policy} is what it means; {@link weir.sqs.policy.Policies} keeps those in use and is what the fronts ask.
 * A policy is a resource's: identities have none here, so whoever belongs to the resource's own account may do what is not
 * denied.
 *
 * <p>Not here: who a caller is ({@link weir.sqs.auth}), which actions there are, and the words of an error.
 */
@NullMarked
package weir.sqs.policy;

import org.jspecify.annotations.NullMarked;
