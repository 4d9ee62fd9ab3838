package weir.amqp.wire;

/**
 * Where bodies are accounted of which only a part has come: what holds them in memory is their clients' slowness, so whoever keeps
 * this may let go of one. From any thread.
 */
public interface BodyRoom {
    /** One body's. */
    interface Place {
        /**
         * So many bytes more are to be held. May wait.
         *
         * @return false if there is no room for it, or it was let go of before: nothing of it is held any more
         */
        boolean grow(int bytes) throws InterruptedException;

        /**
         * All of it has come: it is not let go of any more.
         *
         * @return false if it was
         */
        boolean finish();

        /** It is not held any more. May be said several times. */
        void end();
    }

    /**
     * Of a body that begins.
     *
     * @param drop lets go of what has come of it, on any thread, and does not wait
     */
    Place begin(Runnable drop);
}
