package weir.server.load;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The name of a JSON property, to be found in an answer's bytes without parsing it (Horspool's search): on two cores the
 * load program must not take what it is to measure. A quoted name cannot occur inside of a string, where quotes are escaped.
 */
final class Marker {
    private final byte[] name;
    private final int[] skip = new int[256];

    Marker(String property) {
        name = ("\"" + property + "\"").getBytes(StandardCharsets.US_ASCII);
        Arrays.fill(skip, name.length);
        for (int i = 0; i < name.length - 1; i++) {
            skip[name[i]] = name.length - 1 - i;
        }
    }

    /** Where the next one begins between {@code from} and {@code to}; -1 if there is none. */
    int next(byte[] json, int from, int to) {
        int last = name.length - 1;
        for (int at = from; at + last < to; at += skip[json[at + last] & 0xFF]) {
            int i = last;
            while (i >= 0 && json[at + i] == name[i]) {
                i--;
            }
            if (i < 0) {
                return at;
            }
        }
        return -1;
    }

    int count(byte[] json, int from, int to) {
        int count = 0;
        for (int at = next(json, from, to); at >= 0; at = next(json, at + name.length, to)) {
            count++;
        }
        return count;
    }

    /** The first byte of the string that follows the name at {@code at}; -1 if it is none. */
    int valueAfter(byte[] json, int at, int to) {
        int i = at + name.length;
        while (i < to && (json[i] == ' ' || json[i] == ':' || json[i] == '\n' || json[i] == '\r' || json[i] == '\t')) {
            i++;
        }
        return i < to && json[i] == '"' ? i + 1 : -1;
    }
}
