package weir.sqs.sns.message;

/**
 * Which form of a published message a subscriber is shown. It travels as the {@link weir.core.Envelope#variant} of the
 * subscriber's copy, where 0 means a message that SNS has nothing to do with.
 */
public sealed interface Form {
    /** As it was published. */
    record Raw() implements Form {}

    /**
     * As JSON, with what SNS knows of it.
     *
     * @param index of the subscription among those that the notification names
     */
    record Enveloped(int index) implements Form {}

    private static int enveloped(int index) {
        return 2 + index;
    }

    default int variant() {
        return switch (this) {
            case Raw() -> 1;
            case Enveloped(int index) -> enveloped(index);
        };
    }

    /** @param variant above 0 */
    static Form of(int variant) {
        return variant == 1 ? new Raw() : new Enveloped(variant - enveloped(0));
    }
}
