package weir.sqs.sns.filter;

import java.util.Optional;

/** What a filter policy looks at. */
public enum Scope {
    ATTRIBUTES("MessageAttributes"),
    BODY("MessageBody");

    private final String wireName;

    Scope(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }

    public static Optional<Scope> ofWireName(String name) {
        for (Scope scope : values()) {
            if (scope.wireName.equals(name)) {
                return Optional.of(scope);
            }
        }
        return Optional.empty();
    }
}
