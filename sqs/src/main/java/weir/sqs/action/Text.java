package weir.sqs.action;

import java.nio.charset.StandardCharsets;
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
        return isPlain(text) || isAllowedOneByOne(text);
    }

    /**
     * Whether all of it is ASCII without control characters, as most bodies are. Asked first, since the JDK encodes and
     * compares such a text many characters at a time, and the loop over its bytes has no branch in it.
     */
    private static boolean isPlain(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        int belowSpace = 0;
        for (byte b : bytes) {
            belowSpace |= b - ' '; // Negative for a control character, and for what is not ASCII.
        }
        // A character that Latin-1 has not was encoded as a question mark.
        return belowSpace >= 0 && text.equals(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    private static boolean isAllowedOneByOne(String text) {
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

    /** Bytes of the text in UTF-8, in which a lone surrogate is a question mark. */
    public static int utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length; // Quicker than counting: the JDK copies ASCII at once.
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
