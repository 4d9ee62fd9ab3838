package weir.core;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

/** Preconditions whose failure is a bug of the caller; what a client may get wrong is a refusal instead. */
public final class Check {
    private Check() {}

    public static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " is " + value + ", allowed is " + least + " or more");
        }
    }

    public static void inRange(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " is " + value + ", allowed is " + least + " to " + most);
        }
    }

    public static void inRange(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(name + " is " + value + ", allowed is " + least + " to " + most);
        }
    }

    /** Milliseconds are what the log keeps; anything finer would be lost there in silence. */
    public static void wholeMillis(String name, Duration value) {
        if (!value.truncatedTo(ChronoUnit.MILLIS).equals(value)) {
            throw new IllegalArgumentException(name + " is " + value + ", allowed are whole milliseconds");
        }
    }
}
