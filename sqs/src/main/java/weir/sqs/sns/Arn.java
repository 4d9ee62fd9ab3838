package weir.sqs.sns;

import weir.sqs.wire.SnsError;
import weir.sqs.wire.SnsException;

/** The parts of an ARN, and how SNS complains of one: {@code arn:partition:service:region:account:resource}. */
final class Arn {
    static final int PARTS = 6;
    static final int SERVICE = 2;
    static final int REGION = 3;
    static final int ACCOUNT = 4;

    private Arn() {}

    /**
     * The parts, of which the sixth is all the rest.
     *
     * @param parameter in which it came
     */
    static String[] parts(String parameter, String arn) {
        String[] parts = arn.split(":", PARTS);
        if (parts.length < PARTS) {
            throw tooFew(parameter, parts.length);
        }
        return parts;
    }

    private static SnsException tooFew(String parameter, int count) {
        return SnsError.invalidParameter(
                parameter + " Reason: An ARN must have at least " + PARTS + " elements, not " + count);
    }
}
