package weir.amqp.topology;

/**
 * How one definition names another: by the index of the catalog's log at which that was made, which no other ever has, so
 * that what is left of one never belongs to its namesake. Short, since 100 000 bindings carry it.
 */
final class Ids {
    private static final int RADIX = 36;

    private Ids() {}

    static String of(long created) {
        return Long.toString(created, RADIX);
    }

    static long number(String id) {
        return Long.parseLong(id, RADIX);
    }
}
