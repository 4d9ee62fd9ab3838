package weir.amqp.session;

import weir.amqp.wire.Method;

/** Tells a client that it is kept waiting, if it understands that. Belongs to the connection's reading thread. */
final class Blockade implements Publisher.Blocking {
    /** What publishers wait for is the disk, or the log. */
    private static final String REASON = "low on resources: the log is behind";

    private final Outbox out;
    private boolean understood;

    Blockade(Outbox out) {
        this.out = out;
    }

    void understood(boolean is) {
        understood = is;
    }

    @Override
    public void blocked() {
        blocked(REASON);
    }

    void blocked(String reason) {
        if (understood) {
            out.write(frames -> frames.method(0, new Method.ConnectionBlocked(reason)));
        }
    }

    @Override
    public void unblocked() {
        if (understood) {
            out.write(frames -> frames.method(0, new Method.ConnectionUnblocked()));
        }
    }
}
