package weir.amqp.session;

/**
 * Makes the threads of one channel. Should one die of what is no exception, whatever it was to do will not be done: the
 * connection is told, and ends rather than keep its client waiting.
 */
record ChannelThreads(String channel, Thread.UncaughtExceptionHandler died) {
    Thread.Builder named(String what) {
        return Thread.ofVirtual().name(channel + "-" + what).uncaughtExceptionHandler(died);
    }
}
