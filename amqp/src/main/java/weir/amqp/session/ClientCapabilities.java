package weir.amqp.session;

import weir.amqp.wire.FieldTable;

/**
 * What a client says that it understands beyond the specification.
 *
 * @param authenticationFailureClose a refused login may be said
 * @param consumerCancelNotify a consumer may be cancelled by the server
 * @param connectionBlocked it may be told that it is kept waiting
 * @param properties all that it says of itself
 */
record ClientCapabilities(
        boolean authenticationFailureClose,
        boolean consumerCancelNotify,
        boolean connectionBlocked,
        FieldTable properties) {
    static ClientCapabilities of(FieldTable clientProperties) {
        FieldTable said = clientProperties.get("capabilities") instanceof FieldTable table ? table : FieldTable.EMPTY;
        return new ClientCapabilities(
                is(said, "authentication_failure_close"),
                is(said, "consumer_cancel_notify"),
                is(said, "connection.blocked"),
                clientProperties);
    }

    private static boolean is(FieldTable table, String name) {
        return Boolean.TRUE.equals(table.get(name));
    }
}
