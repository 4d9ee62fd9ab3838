package weir.amqp.session;

/**
 * What the clients of this node may together take of its memory: each has bounds of its own, but there may be a million of them.
 *
 * @param publishes what waits to be published, and is on its way
 * @param bodies of which only a part has come
 * @param transactions that are not committed
 * @param written what waits for clients to read it
 */
record Rooms(PublishRoom publishes, HalfDone bodies, HalfDone transactions, OutboxRoom written) {
    static Rooms ofNode() {
        long held = SessionLimits.heldBytesOfAll();
        return new Rooms(
                new PublishRoom(SessionLimits.gatheredBytesOfAll()),
                new HalfDone(held, SessionLimits.HALF_SENT_BEYOND, System::nanoTime),
                new HalfDone(Math.max(held, SessionLimits.TRANSACTIONS_BYTES_LEAST), 0, System::nanoTime),
                new OutboxRoom(held));
    }
}
