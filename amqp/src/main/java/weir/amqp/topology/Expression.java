package weir.amqp.topology;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * A regular expression that somebody who may manage things has given, for names that anybody may give. It matches if it is
 * found anywhere in the name, as in RabbitMQ. One that does not compile matches nothing; one that looks at more characters
 * than any honest one needs gives up, and does not match either.
 */
public final class Expression {
    private static final String EVERYTHING = ".*";

    private final String text;
    private final @Nullable Pattern pattern;

    public Expression(String text) {
        this.text = text;
        this.pattern = compiled(text);
    }

    /** The same that matches only the empty name if it says nothing, as permissions have it. */
    static Expression ofPermission(String text) {
        return text.isEmpty() ? new Expression(text, Pattern.compile("^$")) : new Expression(text);
    }

    private Expression(String text, Pattern pattern) {
        this.text = text;
        this.pattern = pattern;
    }

    private static @Nullable Pattern compiled(String text) {
        try {
            return text.length() > TopologyLimits.PATTERN_CHARS_MAX ? null : Pattern.compile(text);
        } catch (PatternSyntaxException | StackOverflowError _) { // One in another, thousands deep.
            return null;
        }
    }

    public String text() {
        return text;
    }

    /** Whether it is an expression at all. */
    public boolean isValid() {
        return pattern != null;
    }

    public boolean matches(String name) {
        Pattern compiled = pattern;
        if (compiled == null) {
            return false;
        }
        if (text.equals(EVERYTHING)) {
            return true;
        }
        try {
            return compiled.matcher(new Counted(name)).find();
        } catch (TooLongException | StackOverflowError _) { // Deep nesting recurses, step by step.
            return false;
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Expression that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }

    private static final class TooLongException extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooLongException() {
            super("the expression looks at too much", null, false, false);
        }
    }

    /** Counts what is looked at. */
    private static final class Counted implements CharSequence {
        private final String name;
        private int steps;

        Counted(String name) {
            this.name = name;
        }

        @Override
        public int length() {
            return name.length();
        }

        @Override
        public char charAt(int index) {
            steps++;
            if (steps > TopologyLimits.PATTERN_STEPS_MAX) {
                throw new TooLongException();
            }
            return name.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return name.substring(start, end);
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
