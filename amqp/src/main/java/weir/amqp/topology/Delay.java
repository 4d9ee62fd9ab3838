package weir.amqp.topology;

import weir.amqp.wire.FieldTable;
import weir.core.Limits;

/** The header {@code x-delay}: for how many milliseconds an exchange of the type {@code x-delayed-message} keeps it back. */
public final class Delay {
    public static final String HEADER = "x-delay";

    private Delay() {}

    /**
     * A number of any width, with a fraction or as text, as the plug-in took it. 0 if there is none that can be kept: none at
     * all, a negative one, what is no number, or more than {@link Limits#DELAY_MAX}.
     */
    public static long of(FieldTable headers) {
        long millis =
                switch (headers.get(HEADER)) {
                    case Byte number -> number;
                    case Short number -> number;
                    case Integer number -> number;
                    case Long number -> number;
                    case Float number -> number.longValue();
                    case Double number -> number.longValue();
                    case String text -> ofText(text);
                    case null, default -> 0;
                };
        return millis < 0 || millis > Limits.DELAY_MAX.toMillis() ? 0 : millis;
    }

    /**
     * What is shown of a delay that a message has behind it: negative, and as wide as it came. Debian's pika reads a negative long
     * as a positive one.
     */
    public static Object behind(FieldTable headers, long millis) {
        boolean wide = headers.get(HEADER) instanceof Long || millis > Integer.MAX_VALUE;
        return wide ? (Object) (-millis) : (Object) (int) -millis;
    }

    private static long ofText(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException _) {
            return 0;
        }
    }
}
