package weir.sqs.sns.filter;

/**
 * A filter policy that is none. The text is what SNS says after "Invalid parameter: " or, to Subscribe, after "Invalid
 * parameter: Attributes Reason: ".
 */
public final class FilterPolicyException extends Exception {
    private static final long serialVersionUID = 1;

    FilterPolicyException(String text) {
        super(text, null, false, false);
    }

    public String text() {
        return String.valueOf(getMessage());
    }
}
