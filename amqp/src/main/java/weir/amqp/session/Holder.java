package weir.amqp.session;

/** On whose credit a delivery is: a consumer's, of a queue or of a stream. */
sealed interface Holder permits Consumer, StreamConsumer {
    Prefetch.Share share();
}
