/**
 * Who makes a request: Signature Version 4 verified, by header or by query string, against the access keys of the catalog.
 *
 * <p>Pure but for the lookup of keys and the clock, which are handed in: what is verified is a {@link
 * weir.sqs.auth.SignedRequest}, whatever server it came through, and the answer is a {@link weir.sqs.auth.Principal} or an
 * error in AWS's words. For SQS and SNS alike.
 *
 * <p>Not here: what a principal may do ({@link weir.sqs.policy}), and how keys are made ({@link weir.core.access}).
 */
@NullMarked
package weir.sqs.auth;

import org.jspecify.annotations.NullMarked;
