package weir.amqp.session;

import weir.amqp.wire.Method;

/**
 * How a connection's publishers hold up its reading thread, to which this belongs: while they have no room its client is told,
 * if it understands that; while they are busy the thread may rest.
 */
final class Blockade implements Publisher.Reading {
    /** What publishers wait for is the disk, or the log. */
    private static final String REASON = "low on resources: the log is behind";

    private final Outbox out;
    private final Lull lull;
    private boolean understood;

    Blockade(Outbox out, Lull lull) {
        this.out = out;
        this.lull = lull;
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

    @Override
    public boolean isOver() {
        return out.isOver();
    }

    @Override
    public void added(boolean first) {
        lull.added(first);
    }

    @Override
    public void answered(boolean last) {
        lull.answered(last);
    }
}
