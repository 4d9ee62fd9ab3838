package weir.net.http;

import weir.core.broker.OutcomeUnknownException;

/** Whoever made a call, and may be gone before it is answered. */
public interface Caller {
    /** Of a call that somebody certainly takes the answer of. */
    Caller STAYS = new Caller() {
        @Override
        public <T> T awaiting(Work<T> work) throws OutcomeUnknownException, InterruptedException {
            return work.run();
        }

        @Override
        public void ifNotAnswered(Work<?> undo) {}
    };

    /** What may wait for long. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws OutcomeUnknownException, InterruptedException;
    }

    /**
     * Does what may wait for long, and stops waiting when the caller goes: whoever serves it need not go on then.
     *
     * @throws InterruptedException if the server is stopping
     */
    <T> T awaiting(Work<T> work) throws OutcomeUnknownException, InterruptedException;

    /** What to do, once, if the caller turns out not to have got its answer. */
    void ifNotAnswered(Work<?> undo);
}
