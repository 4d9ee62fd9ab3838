package weir.sqs.action;

import weir.sqs.wire.SqsError;
import weir.sqs.wire.SqsException;

/** What SQS allows in its names, ids and bodies. Written as loops: these stand on the path of every message. */
public final class Text {
    static final String INVALID_CHARACTERS = "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD |"
            + " #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF";

    private Text() {}

    public static boolean isNameChar(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    }

    /** Whether a body or value holds only characters that XML can carry. */
    public static boolean isAllowed(String text) {
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i++);
            boolean low = c >= 0x20 && c < 0xD800;
            if (low || c == '\n' || c == '\r' || c == '\t' || (c >= 0xE000 && c <= 0xFFFD)) {
                continue;
            }
            if (!Character.isHighSurrogate(c) || i == text.length() || !Character.isLowSurrogate(text.charAt(i++))) {
                return false;
            }
        }
        return true;
    }

    /** Bytes of the text in UTF-8. The text must hold no lone surrogate, or each counts as three. */
    public static int utf8Length(String text) {
        int bytes = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                bytes += c >= 0x800 && !Character.isSurrogate(c) ? 2 : 1; // A pair of surrogates is four in all.
            }
        }
        return bytes;
    }

    /** Checks a MessageGroupId, a MessageDeduplicationId or a ReceiveRequestAttemptId. */
    static void checkId(String parameter, String id) {
        boolean valid = !id.isEmpty() && id.length() <= Quotas.ID_CHARS_MAX;
        for (int i = 0; valid && i < id.length(); i++) {
            valid = id.charAt(i) > 0x20 && id.charAt(i) < 0x7F;
        }
        if (!valid) {
            throw invalid(
                    id,
                    parameter,
                    parameter + " can only include alphanumeric and punctuation characters. 1 to 128 in length.");
        }
    }

    static SqsException invalid(Object value, String parameter, String reason) {
        return SqsError.INVALID_PARAMETER_VALUE.because(
                "Value " + value + " for parameter " + parameter + " is invalid. Reason: " + reason);
    }

    static SqsException missing(String parameter) {
        return SqsError.MISSING_PARAMETER.because("The request must contain the parameter " + parameter + ".");
    }
}
