package weir.chaos.history;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code word word key=value key=value}: the form of every line. Values have no spaces; those they had are escaped. */
final class Line {
    private static final String ESCAPED = " %,;=\n\r\t";

    private final List<String> words;
    private final Map<String, String> values = new HashMap<>();

    private Line(List<String> words) {
        this.words = words;
    }

    static Line parse(String text) {
        List<String> all = List.of(text.strip().split(" +", -1));
        int count = 0;
        while (count < all.size() && all.get(count).indexOf('=') < 0) {
            count++;
        }
        Line line = new Line(all.subList(0, count));
        for (String pair : all.subList(count, all.size())) {
            int equals = pair.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("\"" + pair + "\" is no key=value");
            }
            line.values.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return line;
    }

    String word(int index) {
        if (index >= words.size()) {
            throw new IllegalArgumentException("word " + (index + 1) + " is missing");
        }
        return words.get(index);
    }

    /** As it stands, escapes and all. */
    String raw(String key) {
        String value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException(key + "= is missing");
        }
        return value;
    }

    String text(String key) {
        return unescaped(raw(key));
    }

    int number(String key) {
        return Integer.parseInt(raw(key));
    }

    /** The same, if it stands there at all. */
    int number(String key, int absent) {
        return values.containsKey(key) ? number(key) : absent;
    }

    static String escaped(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (ESCAPED.indexOf(c) < 0) {
                out.append(c);
            } else {
                out.append('%').append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            }
        }
        return out.toString();
    }

    static String unescaped(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                out.append((char) Integer.parseInt(text, i + 1, i + 3, 16));
                i += 2;
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    /** Seconds with six decimals, which a person reads and a program sorts. */
    static String seconds(long micros) {
        String digits = "%07d".formatted(micros);
        int point = digits.length() - 6;
        return digits.substring(0, point) + "." + digits.substring(point);
    }

    /** From seconds with up to six decimals. */
    static long micros(String seconds) {
        int point = seconds.indexOf('.');
        if (point < 0) {
            return Long.parseLong(seconds) * 1_000_000;
        }
        String decimals = (seconds.substring(point + 1) + "000000").substring(0, 6);
        return Long.parseLong(seconds.substring(0, point)) * 1_000_000 + Long.parseLong(decimals);
    }

    /** Of what came from outside, as much as a line has room for. */
    static String shortened(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= 300 ? text : text.substring(0, Math.min(150, text.length())) + "...";
    }
}
