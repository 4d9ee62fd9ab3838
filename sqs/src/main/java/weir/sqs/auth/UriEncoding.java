package weir.sqs.auth;

import java.nio.charset.StandardCharsets;
import weir.sqs.wire.SqsError;

/** Percent-encoding as signatures have it: everything but letters, digits and {@code - . _ ~}, in upper case. */
final class UriEncoding {
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private UriEncoding() {}

    /** Encodes a raw path once more, as is done for every service but S3; slashes stay. */
    static String ofPath(String path) {
        StringBuilder out = new StringBuilder(path.length() + 16);
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '/') {
                out.append(c);
            } else {
                i = append(out, path, i);
            }
        }
        return out.toString();
    }

    /** Brings a part of a raw query, encoded in whatever way, into the one form. */
    static String ofQueryPart(String raw) {
        if (isPlain(raw)) {
            return raw;
        }
        StringBuilder out = new StringBuilder(raw.length() + 16);
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '+') {
                out.append("%20");
            } else if (c == '%') {
                int high = i + 2 < raw.length() ? Character.digit(raw.charAt(i + 1), 16) : -1;
                int low = i + 2 < raw.length() ? Character.digit(raw.charAt(i + 2), 16) : -1;
                if (high < 0 || low < 0) {
                    throw SqsError.MALFORMED_INPUT.because("A percent sign is not followed by two hexadecimal digits.");
                }
                append(out, (byte) (high << 4 | low));
                i += 2;
            } else {
                i = append(out, raw, i);
            }
        }
        return out.toString();
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isUnreserved(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** Appends the character at {@code i}, and answers with the place of its last half. */
    private static int append(StringBuilder out, String text, int i) {
        char c = text.charAt(i);
        if (c < 0x80) {
            append(out, (byte) c);
            return i;
        }
        int codePoint = text.codePointAt(i);
        for (byte b : Character.toString(codePoint).getBytes(StandardCharsets.UTF_8)) {
            append(out, b);
        }
        return i + Character.charCount(codePoint) - 1;
    }

    private static void append(StringBuilder out, byte b) {
        if (b >= 0 && isUnreserved((char) b)) {
            out.append((char) b);
        } else {
            out.append('%').append(HEX[(b >> 4) & 15]).append(HEX[b & 15]);
        }
    }

    private static boolean isUnreserved(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '.'
                || c == '_'
                || c == '~';
    }
}
