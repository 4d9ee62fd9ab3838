package weir.amqp.wire;

import weir.core.Bytes;

/**
 * A method of AMQP 0-9-1 with RabbitMQ's extensions, as its arguments: named by class and method.
 *
 * <p>Fields that the specification reserves and access tickets are left out; they are written as nothing and read over.
 */
public sealed interface Method {
    /** Whether a content header and a body follow. */
    default boolean hasContent() {
        return this instanceof BasicPublish
                || this instanceof BasicDeliver
                || this instanceof BasicGetOk
                || this instanceof BasicReturn;
    }

    /** Class id (upper half) and method id (lower half), as a close names what it is about. */
    default int id() {
        return MethodCodec.id(this);
    }

    /** @param mechanisms of SASL, separated by spaces, as are locales */
    record ConnectionStart(
            int versionMajor, int versionMinor, FieldTable serverProperties, String mechanisms, String locales)
            implements Method {}

    record ConnectionStartOk(FieldTable clientProperties, String mechanism, Bytes response, String locale)
            implements Method {}

    record ConnectionSecure(Bytes challenge) implements Method {}

    record ConnectionSecureOk(Bytes response) implements Method {}

    /** @param heartbeat in seconds; 0 for none */
    record ConnectionTune(int channelMax, long frameMax, int heartbeat) implements Method {}

    record ConnectionTuneOk(int channelMax, long frameMax, int heartbeat) implements Method {}

    record ConnectionOpen(String virtualHost) implements Method {}

    record ConnectionOpenOk() implements Method {}

    record ConnectionClose(int replyCode, String replyText, int classId, int methodId) implements Method {}

    record ConnectionCloseOk() implements Method {}

    /** RabbitMQ's: the server has ceased to read, and why. */
    record ConnectionBlocked(String reason) implements Method {}

    record ConnectionUnblocked() implements Method {}

    /** RabbitMQ's: a new token in place of one that expires. */
    record ConnectionUpdateSecret(Bytes newSecret, String reason) implements Method {}

    record ConnectionUpdateSecretOk() implements Method {}

    record ChannelOpen() implements Method {}

    record ChannelOpenOk() implements Method {}

    record ChannelFlow(boolean active) implements Method {}

    record ChannelFlowOk(boolean active) implements Method {}

    record ChannelClose(int replyCode, String replyText, int classId, int methodId) implements Method {}

    record ChannelCloseOk() implements Method {}

    /** Of older versions; answered, and nothing else. */
    record AccessRequest(String realm, boolean exclusive, boolean passive, boolean active, boolean write, boolean read)
            implements Method {}

    record AccessRequestOk(int ticket) implements Method {}

    record ExchangeDeclare(
            String exchange,
            String type,
            boolean passive,
            boolean durable,
            boolean autoDelete,
            boolean internal,
            boolean noWait,
            FieldTable arguments)
            implements Method {}

    record ExchangeDeclareOk() implements Method {}

    record ExchangeDelete(String exchange, boolean ifUnused, boolean noWait) implements Method {}

    record ExchangeDeleteOk() implements Method {}

    /** RabbitMQ's: what reaches the source goes to the destination, too. */
    record ExchangeBind(String destination, String source, String routingKey, boolean noWait, FieldTable arguments)
            implements Method {}

    record ExchangeBindOk() implements Method {}

    record ExchangeUnbind(String destination, String source, String routingKey, boolean noWait, FieldTable arguments)
            implements Method {}

    record ExchangeUnbindOk() implements Method {}

    record QueueDeclare(
            String queue,
            boolean passive,
            boolean durable,
            boolean exclusive,
            boolean autoDelete,
            boolean noWait,
            FieldTable arguments)
            implements Method {}

    record QueueDeclareOk(String queue, long messageCount, long consumerCount) implements Method {}

    record QueueBind(String queue, String exchange, String routingKey, boolean noWait, FieldTable arguments)
            implements Method {}

    record QueueBindOk() implements Method {}

    record QueuePurge(String queue, boolean noWait) implements Method {}

    record QueuePurgeOk(long messageCount) implements Method {}

    record QueueDelete(String queue, boolean ifUnused, boolean ifEmpty, boolean noWait) implements Method {}

    record QueueDeleteOk(long messageCount) implements Method {}

    record QueueUnbind(String queue, String exchange, String routingKey, FieldTable arguments) implements Method {}

    record QueueUnbindOk() implements Method {}

    /** @param global for RabbitMQ: false for each consumer that begins later, true for the channel as a whole */
    record BasicQos(long prefetchSize, int prefetchCount, boolean global) implements Method {}

    record BasicQosOk() implements Method {}

    /** @param noAck whether what is delivered counts as done */
    record BasicConsume(
            String queue,
            String consumerTag,
            boolean noLocal,
            boolean noAck,
            boolean exclusive,
            boolean noWait,
            FieldTable arguments)
            implements Method {}

    record BasicConsumeOk(String consumerTag) implements Method {}

    record BasicCancel(String consumerTag, boolean noWait) implements Method {}

    record BasicCancelOk(String consumerTag) implements Method {}

    record BasicPublish(String exchange, String routingKey, boolean mandatory, boolean immediate) implements Method {}

    /** A mandatory message that no queue took goes back; before its confirm. */
    record BasicReturn(int replyCode, String replyText, String exchange, String routingKey) implements Method {}

    record BasicDeliver(String consumerTag, long deliveryTag, boolean redelivered, String exchange, String routingKey)
            implements Method {}

    record BasicGet(String queue, boolean noAck) implements Method {}

    record BasicGetOk(long deliveryTag, boolean redelivered, String exchange, String routingKey, long messageCount)
            implements Method {}

    record BasicGetEmpty() implements Method {}

    record BasicAck(long deliveryTag, boolean multiple) implements Method {}

    record BasicReject(long deliveryTag, boolean requeue) implements Method {}

    record BasicRecoverAsync(boolean requeue) implements Method {}

    record BasicRecover(boolean requeue) implements Method {}

    record BasicRecoverOk() implements Method {}

    /** RabbitMQ's, in both directions: to a publisher it says that a message was not taken. */
    record BasicNack(long deliveryTag, boolean multiple, boolean requeue) implements Method {}

    record TxSelect() implements Method {}

    record TxSelectOk() implements Method {}

    record TxCommit() implements Method {}

    record TxCommitOk() implements Method {}

    record TxRollback() implements Method {}

    record TxRollbackOk() implements Method {}

    /** RabbitMQ's: publishes on this channel are acknowledged. */
    record ConfirmSelect(boolean noWait) implements Method {}

    record ConfirmSelectOk() implements Method {}
}
