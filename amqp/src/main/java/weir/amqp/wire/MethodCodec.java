package weir.amqp.wire;

import weir.core.Bytes;

/**
 * Methods as bytes: class, method, arguments, after the published specification.
 *
 * <p>Three tables, each of which the compiler or the client's own codec in the tests holds to be complete.
 */
public final class MethodCodec {
    private static final int CONNECTION = 10 << 16;
    private static final int CHANNEL = 20 << 16;
    private static final int ACCESS = 30 << 16;
    private static final int EXCHANGE = 40 << 16;
    private static final int QUEUE = 50 << 16;
    private static final int BASIC = 60 << 16;
    private static final int TX = 90 << 16;
    private static final int CONFIRM = 85 << 16;

    private MethodCodec() {}

    /** Class and method as a method frame names them; 0 if it is too short for that. */
    static int id(Frame frame) {
        Bytes payload = frame.payload();
        return payload.length() < Integer.BYTES ? 0 : BigEndian.i32(payload.array(), payload.offset());
    }

    static int id(Method method) {
        return switch (method) {
            case Method.ConnectionStart _ -> CONNECTION | 10;
            case Method.ConnectionStartOk _ -> CONNECTION | 11;
            case Method.ConnectionSecure _ -> CONNECTION | 20;
            case Method.ConnectionSecureOk _ -> CONNECTION | 21;
            case Method.ConnectionTune _ -> CONNECTION | 30;
            case Method.ConnectionTuneOk _ -> CONNECTION | 31;
            case Method.ConnectionOpen _ -> CONNECTION | 40;
            case Method.ConnectionOpenOk _ -> CONNECTION | 41;
            case Method.ConnectionClose _ -> CONNECTION | 50;
            case Method.ConnectionCloseOk _ -> CONNECTION | 51;
            case Method.ConnectionBlocked _ -> CONNECTION | 60;
            case Method.ConnectionUnblocked _ -> CONNECTION | 61;
            case Method.ConnectionUpdateSecret _ -> CONNECTION | 70;
            case Method.ConnectionUpdateSecretOk _ -> CONNECTION | 71;
            case Method.ChannelOpen _ -> CHANNEL | 10;
            case Method.ChannelOpenOk _ -> CHANNEL | 11;
            case Method.ChannelFlow _ -> CHANNEL | 20;
            case Method.ChannelFlowOk _ -> CHANNEL | 21;
            case Method.ChannelClose _ -> CHANNEL | 40;
            case Method.ChannelCloseOk _ -> CHANNEL | 41;
            case Method.AccessRequest _ -> ACCESS | 10;
            case Method.AccessRequestOk _ -> ACCESS | 11;
            case Method.ExchangeDeclare _ -> EXCHANGE | 10;
            case Method.ExchangeDeclareOk _ -> EXCHANGE | 11;
            case Method.ExchangeDelete _ -> EXCHANGE | 20;
            case Method.ExchangeDeleteOk _ -> EXCHANGE | 21;
            case Method.ExchangeBind _ -> EXCHANGE | 30;
            case Method.ExchangeBindOk _ -> EXCHANGE | 31;
            case Method.ExchangeUnbind _ -> EXCHANGE | 40;
            case Method.ExchangeUnbindOk _ -> EXCHANGE | 51;
            case Method.QueueDeclare _ -> QUEUE | 10;
            case Method.QueueDeclareOk _ -> QUEUE | 11;
            case Method.QueueBind _ -> QUEUE | 20;
            case Method.QueueBindOk _ -> QUEUE | 21;
            case Method.QueuePurge _ -> QUEUE | 30;
            case Method.QueuePurgeOk _ -> QUEUE | 31;
            case Method.QueueDelete _ -> QUEUE | 40;
            case Method.QueueDeleteOk _ -> QUEUE | 41;
            case Method.QueueUnbind _ -> QUEUE | 50;
            case Method.QueueUnbindOk _ -> QUEUE | 51;
            case Method.BasicQos _ -> BASIC | 10;
            case Method.BasicQosOk _ -> BASIC | 11;
            case Method.BasicConsume _ -> BASIC | 20;
            case Method.BasicConsumeOk _ -> BASIC | 21;
            case Method.BasicCancel _ -> BASIC | 30;
            case Method.BasicCancelOk _ -> BASIC | 31;
            case Method.BasicPublish _ -> BASIC | 40;
            case Method.BasicReturn _ -> BASIC | 50;
            case Method.BasicDeliver _ -> BASIC | 60;
            case Method.BasicGet _ -> BASIC | 70;
            case Method.BasicGetOk _ -> BASIC | 71;
            case Method.BasicGetEmpty _ -> BASIC | 72;
            case Method.BasicAck _ -> BASIC | 80;
            case Method.BasicReject _ -> BASIC | 90;
            case Method.BasicRecoverAsync _ -> BASIC | 100;
            case Method.BasicRecover _ -> BASIC | 110;
            case Method.BasicRecoverOk _ -> BASIC | 111;
            case Method.BasicNack _ -> BASIC | 120;
            case Method.TxSelect _ -> TX | 10;
            case Method.TxSelectOk _ -> TX | 11;
            case Method.TxCommit _ -> TX | 20;
            case Method.TxCommitOk _ -> TX | 21;
            case Method.TxRollback _ -> TX | 30;
            case Method.TxRollbackOk _ -> TX | 31;
            case Method.ConfirmSelect _ -> CONFIRM | 10;
            case Method.ConfirmSelectOk _ -> CONFIRM | 11;
        };
    }

    /** Appends the payload of a method frame. */
    static void encode(Method method, FieldWriter out) {
        out.u32(id(method));
        switch (method) {
            case Method.BasicDeliver m ->
                out.shortText(m.consumerTag())
                        .i64(m.deliveryTag())
                        .bits(m.redelivered())
                        .shortText(m.exchange())
                        .shortText(m.routingKey());
            case Method.BasicAck m -> out.i64(m.deliveryTag()).bits(m.multiple());
            case Method.BasicNack m -> out.i64(m.deliveryTag()).bits(m.multiple(), m.requeue());
            case Method.BasicReturn m ->
                out.u16(m.replyCode())
                        .shortText(m.replyText())
                        .shortText(m.exchange())
                        .shortText(m.routingKey());
            case Method.BasicGetOk m ->
                out.i64(m.deliveryTag())
                        .bits(m.redelivered())
                        .shortText(m.exchange())
                        .shortText(m.routingKey())
                        .count(m.messageCount());
            case Method.BasicGetEmpty _ -> out.shortText("");
            case Method.ConnectionStart m ->
                out.u8(m.versionMajor())
                        .u8(m.versionMinor())
                        .table(m.serverProperties())
                        .longText(m.mechanisms())
                        .longText(m.locales());
            case Method.ConnectionStartOk m ->
                out.table(m.clientProperties())
                        .shortText(m.mechanism())
                        .longBytes(m.response())
                        .shortText(m.locale());
            case Method.ConnectionSecure m -> out.longBytes(m.challenge());
            case Method.ConnectionSecureOk m -> out.longBytes(m.response());
            case Method.ConnectionTune m ->
                out.u16(m.channelMax()).u32(m.frameMax()).u16(m.heartbeat());
            case Method.ConnectionTuneOk m ->
                out.u16(m.channelMax()).u32(m.frameMax()).u16(m.heartbeat());
            case Method.ConnectionOpen m ->
                out.shortText(m.virtualHost()).shortText("").u8(0);
            case Method.ConnectionOpenOk _ -> out.shortText("");
            case Method.ConnectionClose m ->
                out.u16(m.replyCode()).shortText(m.replyText()).u16(m.classId()).u16(m.methodId());
            case Method.ConnectionBlocked m -> out.shortText(m.reason());
            case Method.ConnectionUpdateSecret m -> out.longBytes(m.newSecret()).shortText(m.reason());
            case Method.ChannelOpen _ -> out.shortText("");
            case Method.ChannelOpenOk _ -> out.longBytes(Bytes.EMPTY);
            case Method.ChannelFlow m -> out.bits(m.active());
            case Method.ChannelFlowOk m -> out.bits(m.active());
            case Method.ChannelClose m ->
                out.u16(m.replyCode()).shortText(m.replyText()).u16(m.classId()).u16(m.methodId());
            case Method.AccessRequest m ->
                out.shortText(m.realm()).bits(m.exclusive(), m.passive(), m.active(), m.write(), m.read());
            case Method.AccessRequestOk m -> out.u16(m.ticket());
            case Method.ExchangeDeclare m ->
                out.u16(0)
                        .shortText(m.exchange())
                        .shortText(m.type())
                        .bits(m.passive(), m.durable(), m.autoDelete(), m.internal(), m.noWait())
                        .table(m.arguments());
            case Method.ExchangeDelete m -> out.u16(0).shortText(m.exchange()).bits(m.ifUnused(), m.noWait());
            case Method.ExchangeBind m ->
                binding(out, m.destination(), m.source(), m.routingKey())
                        .bits(m.noWait())
                        .table(m.arguments());
            case Method.ExchangeUnbind m ->
                binding(out, m.destination(), m.source(), m.routingKey())
                        .bits(m.noWait())
                        .table(m.arguments());
            case Method.QueueDeclare m ->
                out.u16(0)
                        .shortText(m.queue())
                        .bits(m.passive(), m.durable(), m.exclusive(), m.autoDelete(), m.noWait())
                        .table(m.arguments());
            case Method.QueueDeclareOk m ->
                out.shortText(m.queue()).count(m.messageCount()).count(m.consumerCount());
            case Method.QueueBind m ->
                binding(out, m.queue(), m.exchange(), m.routingKey())
                        .bits(m.noWait())
                        .table(m.arguments());
            case Method.QueuePurge m -> out.u16(0).shortText(m.queue()).bits(m.noWait());
            case Method.QueuePurgeOk m -> out.count(m.messageCount());
            case Method.QueueDelete m -> out.u16(0).shortText(m.queue()).bits(m.ifUnused(), m.ifEmpty(), m.noWait());
            case Method.QueueDeleteOk m -> out.count(m.messageCount());
            case Method.QueueUnbind m ->
                binding(out, m.queue(), m.exchange(), m.routingKey()).table(m.arguments());
            case Method.BasicQos m ->
                out.u32(m.prefetchSize()).u16(m.prefetchCount()).bits(m.global());
            case Method.BasicConsume m ->
                out.u16(0)
                        .shortText(m.queue())
                        .shortText(m.consumerTag())
                        .bits(m.noLocal(), m.noAck(), m.exclusive(), m.noWait())
                        .table(m.arguments());
            case Method.BasicConsumeOk m -> out.shortText(m.consumerTag());
            case Method.BasicCancel m -> out.shortText(m.consumerTag()).bits(m.noWait());
            case Method.BasicCancelOk m -> out.shortText(m.consumerTag());
            case Method.BasicPublish m ->
                out.u16(0).shortText(m.exchange()).shortText(m.routingKey()).bits(m.mandatory(), m.immediate());
            case Method.BasicGet m -> out.u16(0).shortText(m.queue()).bits(m.noAck());
            case Method.BasicReject m -> out.i64(m.deliveryTag()).bits(m.requeue());
            case Method.BasicRecoverAsync m -> out.bits(m.requeue());
            case Method.BasicRecover m -> out.bits(m.requeue());
            case Method.ConfirmSelect m -> out.bits(m.noWait());
            case Method.ConnectionCloseOk _,
                    Method.ConnectionUnblocked _,
                    Method.ConnectionUpdateSecretOk _,
                    Method.ChannelCloseOk _,
                    Method.ExchangeDeclareOk _,
                    Method.ExchangeDeleteOk _,
                    Method.ExchangeBindOk _,
                    Method.ExchangeUnbindOk _,
                    Method.QueueBindOk _,
                    Method.QueueUnbindOk _,
                    Method.BasicQosOk _,
                    Method.BasicRecoverOk _,
                    Method.TxSelect _,
                    Method.TxSelectOk _,
                    Method.TxCommit _,
                    Method.TxCommitOk _,
                    Method.TxRollback _,
                    Method.TxRollbackOk _,
                    Method.ConfirmSelectOk _ -> {}
        }
    }

    /** What all four methods about bindings begin with. */
    private static FieldWriter binding(FieldWriter out, String destination, String source, String routingKey) {
        return out.u16(0).shortText(destination).shortText(source).shortText(routingKey);
    }

    /**
     * Reads the payload of a method frame.
     *
     * @throws AmqpException if there is no such method, or if its arguments are not what they should be
     */
    public static Method decode(Bytes payload) throws AmqpException {
        FieldReader in = new FieldReader(payload);
        Method method = decode(in.i32(), in);
        in.end();
        return method;
    }

    private static Method decode(int id, FieldReader in) throws AmqpException {
        return switch (id) {
            case CONNECTION | 10 ->
                new Method.ConnectionStart(in.u8(), in.u8(), in.table(), in.longText(), in.longText());
            case CONNECTION | 11 ->
                new Method.ConnectionStartOk(in.table(), in.shortText(), in.longBytes(), in.shortText());
            case CONNECTION | 20 -> new Method.ConnectionSecure(in.longBytes());
            case CONNECTION | 21 -> new Method.ConnectionSecureOk(in.longBytes());
            case CONNECTION | 30 -> new Method.ConnectionTune(in.u16(), in.u32(), in.u16());
            case CONNECTION | 31 -> new Method.ConnectionTuneOk(in.u16(), in.u32(), in.u16());
            case CONNECTION | 40 -> {
                String virtualHost = in.shortText();
                in.shortText();
                in.bit();
                yield new Method.ConnectionOpen(virtualHost);
            }
            case CONNECTION | 41 -> {
                in.shortText();
                yield new Method.ConnectionOpenOk();
            }
            case CONNECTION | 50 -> new Method.ConnectionClose(in.u16(), in.shortText(), in.u16(), in.u16());
            case CONNECTION | 51 -> new Method.ConnectionCloseOk();
            case CONNECTION | 60 -> new Method.ConnectionBlocked(in.shortText());
            case CONNECTION | 61 -> new Method.ConnectionUnblocked();
            case CONNECTION | 70 -> new Method.ConnectionUpdateSecret(in.longBytes(), in.shortText());
            case CONNECTION | 71 -> new Method.ConnectionUpdateSecretOk();
            case CHANNEL | 10 -> {
                in.shortText();
                yield new Method.ChannelOpen();
            }
            case CHANNEL | 11 -> {
                in.longBytes();
                yield new Method.ChannelOpenOk();
            }
            case CHANNEL | 20 -> new Method.ChannelFlow(in.bit());
            case CHANNEL | 21 -> new Method.ChannelFlowOk(in.bit());
            case CHANNEL | 40 -> new Method.ChannelClose(in.u16(), in.shortText(), in.u16(), in.u16());
            case CHANNEL | 41 -> new Method.ChannelCloseOk();
            case ACCESS | 10 ->
                new Method.AccessRequest(in.shortText(), in.bit(), in.bit(), in.bit(), in.bit(), in.bit());
            case ACCESS | 11 -> new Method.AccessRequestOk(in.u16());
            case EXCHANGE | 10 ->
                new Method.ExchangeDeclare(
                        in.ticket().shortText(),
                        in.shortText(),
                        in.bit(),
                        in.bit(),
                        in.bit(),
                        in.bit(),
                        in.bit(),
                        in.table());
            case EXCHANGE | 11 -> new Method.ExchangeDeclareOk();
            case EXCHANGE | 20 -> new Method.ExchangeDelete(in.ticket().shortText(), in.bit(), in.bit());
            case EXCHANGE | 21 -> new Method.ExchangeDeleteOk();
            case EXCHANGE | 30 ->
                new Method.ExchangeBind(in.ticket().shortText(), in.shortText(), in.shortText(), in.bit(), in.table());
            case EXCHANGE | 31 -> new Method.ExchangeBindOk();
            case EXCHANGE | 40 ->
                new Method.ExchangeUnbind(
                        in.ticket().shortText(), in.shortText(), in.shortText(), in.bit(), in.table());
            case EXCHANGE | 51 -> new Method.ExchangeUnbindOk();
            case QUEUE | 10 ->
                new Method.QueueDeclare(
                        in.ticket().shortText(), in.bit(), in.bit(), in.bit(), in.bit(), in.bit(), in.table());
            case QUEUE | 11 -> new Method.QueueDeclareOk(in.shortText(), in.u32(), in.u32());
            case QUEUE | 20 ->
                new Method.QueueBind(in.ticket().shortText(), in.shortText(), in.shortText(), in.bit(), in.table());
            case QUEUE | 21 -> new Method.QueueBindOk();
            case QUEUE | 30 -> new Method.QueuePurge(in.ticket().shortText(), in.bit());
            case QUEUE | 31 -> new Method.QueuePurgeOk(in.u32());
            case QUEUE | 40 -> new Method.QueueDelete(in.ticket().shortText(), in.bit(), in.bit(), in.bit());
            case QUEUE | 41 -> new Method.QueueDeleteOk(in.u32());
            case QUEUE | 50 ->
                new Method.QueueUnbind(in.ticket().shortText(), in.shortText(), in.shortText(), in.table());
            case QUEUE | 51 -> new Method.QueueUnbindOk();
            case BASIC | 10 -> new Method.BasicQos(in.u32(), in.u16(), in.bit());
            case BASIC | 11 -> new Method.BasicQosOk();
            case BASIC | 20 ->
                new Method.BasicConsume(
                        in.ticket().shortText(), in.shortText(), in.bit(), in.bit(), in.bit(), in.bit(), in.table());
            case BASIC | 21 -> new Method.BasicConsumeOk(in.shortText());
            case BASIC | 30 -> new Method.BasicCancel(in.shortText(), in.bit());
            case BASIC | 31 -> new Method.BasicCancelOk(in.shortText());
            case BASIC | 40 -> new Method.BasicPublish(in.ticket().shortText(), in.shortText(), in.bit(), in.bit());
            case BASIC | 50 -> new Method.BasicReturn(in.u16(), in.shortText(), in.shortText(), in.shortText());
            case BASIC | 60 ->
                new Method.BasicDeliver(in.shortText(), in.i64(), in.bit(), in.shortText(), in.shortText());
            case BASIC | 70 -> new Method.BasicGet(in.ticket().shortText(), in.bit());
            case BASIC | 71 -> new Method.BasicGetOk(in.i64(), in.bit(), in.shortText(), in.shortText(), in.u32());
            case BASIC | 72 -> {
                in.shortText();
                yield new Method.BasicGetEmpty();
            }
            case BASIC | 80 -> new Method.BasicAck(in.i64(), in.bit());
            case BASIC | 90 -> new Method.BasicReject(in.i64(), in.bit());
            case BASIC | 100 -> new Method.BasicRecoverAsync(in.bit());
            case BASIC | 110 -> new Method.BasicRecover(in.bit());
            case BASIC | 111 -> new Method.BasicRecoverOk();
            case BASIC | 120 -> new Method.BasicNack(in.i64(), in.bit(), in.bit());
            case TX | 10 -> new Method.TxSelect();
            case TX | 11 -> new Method.TxSelectOk();
            case TX | 20 -> new Method.TxCommit();
            case TX | 21 -> new Method.TxCommitOk();
            case TX | 30 -> new Method.TxRollback();
            case TX | 31 -> new Method.TxRollbackOk();
            case CONFIRM | 10 -> new Method.ConfirmSelect(in.bit());
            case CONFIRM | 11 -> new Method.ConfirmSelectOk();
            default ->
                throw new AmqpException(
                        ErrorCode.COMMAND_INVALID, "there is no method " + (id & 0xFFFF) + " of class " + (id >>> 16));
        };
    }
}
