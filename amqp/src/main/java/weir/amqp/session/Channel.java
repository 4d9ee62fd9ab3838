package weir.amqp.session;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.Assembler;
import weir.amqp.wire.Content;
import weir.amqp.wire.ErrorCode;
import weir.amqp.wire.Frame;
import weir.amqp.wire.Method;
import weir.amqp.wire.Received;
import weir.core.broker.OutcomeUnknownException;

/**
 * One channel of a connection, whose reading thread it belongs to: takes methods apart, in order. What must see the effects of
 * what came before it on the channel (all but publishing and settling) waits until those are done.
 */
final class Channel {
    private static final Logger LOG = LoggerFactory.getLogger(Channel.class);

    enum State {
        OPEN,
        /** This side has closed it for an error; all that comes until the other side has heard of it is ignored. */
        CLOSING,
        CLOSED
    }

    private final int number;
    private final Outbox out;
    private final Assembler assembler;
    private final Outflow outflow;
    private final Inflow inflow;
    private final Declaring declaring;
    private State state = State.OPEN;

    Channel(
            int number,
            Front front,
            Peer peer,
            Outbox out,
            Blockade blockade,
            Assembler assembler,
            ChannelThreads threads) {
        this.number = number;
        this.out = out;
        this.assembler = assembler;
        this.outflow = new Outflow(number, front, peer, out, threads);
        this.inflow = new Inflow(number, front, peer, out, outflow, blockade, threads);
        this.declaring = new Declaring(number, front, peer, out);
    }

    /** Class and method of what came last. */
    int methodId() {
        return assembler.methodId();
    }

    /** @throws AmqpException what the channel or the connection is to be closed for */
    State process(Frame frame) throws AmqpException, InterruptedException {
        if (state == State.CLOSING) {
            whileClosing(frame);
            return state;
        }
        Received received = assembler.process(frame);
        if (received != null) {
            try {
                carryOut(received.method(), received.content());
            } catch (OutcomeUnknownException e) {
                LOG.warn("Channel {} had no answer: {}", number, e.getMessage());
                throw new AmqpException(ErrorCode.INTERNAL_ERROR, "no answer in time: " + e.getMessage());
            } finally {
                assembler.release(); // Whoever keeps the content accounts for it.
            }
        }
        return state;
    }

    private void whileClosing(Frame frame) throws AmqpException, InterruptedException {
        if (frame.type() != Frame.METHOD) {
            return;
        }
        Received received = new Assembler().process(frame);
        if (received == null) {
            return;
        }
        if (received.method() instanceof Method.ChannelCloseOk) {
            state = State.CLOSED;
        } else if (received.method() instanceof Method.ChannelClose) { // Both at once.
            send(new Method.ChannelCloseOk());
        }
    }

    private void carryOut(Method method, @Nullable Content content)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        if (!gathers(method)) {
            inflow.drain();
            outflow.drain();
        }
        switch (method) {
            case Method.BasicPublish publish -> inflow.publish(publish, Objects.requireNonNull(content));
            case Method.BasicAck ack ->
                inflow.settle(Settler.Way.ACKNOWLEDGE, outflow.take(ack.deliveryTag(), ack.multiple()));
            case Method.BasicNack nack ->
                inflow.settle(
                        nack.requeue() ? Settler.Way.RELEASE : Settler.Way.REJECT,
                        outflow.take(nack.deliveryTag(), nack.multiple()));
            case Method.BasicReject reject ->
                inflow.settle(
                        reject.requeue() ? Settler.Way.RETURN : Settler.Way.REJECT,
                        outflow.take(reject.deliveryTag(), false));
            case Method.BasicQos qos -> outflow.qos(qos);
            case Method.BasicConsume consume -> consume(consume);
            case Method.BasicCancel cancel -> outflow.cancel(cancel);
            case Method.BasicGet get -> outflow.get(get, declaring.toRead(get.queue()));
            case Method.BasicRecover(boolean requeue) -> {
                recover(requeue);
                send(new Method.BasicRecoverOk());
            }
            case Method.BasicRecoverAsync(boolean requeue) -> recover(requeue);
            case Method.ConfirmSelect select -> inflow.confirmSelect(select);
            case Method.TxSelect _ -> inflow.txSelect();
            case Method.TxCommit _ -> inflow.txCommit();
            case Method.TxRollback _ -> inflow.txRollback();
            case Method.ChannelClose _ -> {
                release(); // What it held is back before its client is told so.
                send(new Method.ChannelCloseOk());
            }
            case Method.ChannelFlow(boolean active) -> flow(active);
            case Method.ChannelOpen _ -> throw new AmqpException(ErrorCode.CHANNEL_ERROR, "second 'channel.open' seen");
            case Method.AccessRequest _ -> send(new Method.AccessRequestOk(1));
            case Method.BasicCancelOk _, Method.ChannelFlowOk _ -> {} // Answers that nobody waits for.
            case Method.ExchangeDeclare declare -> declaring.declare(declare);
            case Method.ExchangeDelete delete -> declaring.delete(delete);
            case Method.ExchangeBind bind -> declaring.bind(bind);
            case Method.ExchangeUnbind unbind -> declaring.unbind(unbind);
            case Method.QueueDeclare declare -> declaring.declare(declare);
            case Method.QueueDelete delete -> declaring.delete(delete);
            case Method.QueuePurge purge -> declaring.purge(purge);
            case Method.QueueBind bind -> declaring.bind(bind);
            case Method.QueueUnbind unbind -> declaring.unbind(unbind);
            case Method.ConnectionStart _,
                    Method.ConnectionStartOk _,
                    Method.ConnectionSecure _,
                    Method.ConnectionSecureOk _,
                    Method.ConnectionTune _,
                    Method.ConnectionTuneOk _,
                    Method.ConnectionOpen _,
                    Method.ConnectionOpenOk _,
                    Method.ConnectionClose _,
                    Method.ConnectionCloseOk _,
                    Method.ConnectionBlocked _,
                    Method.ConnectionUnblocked _,
                    Method.ConnectionUpdateSecret _,
                    Method.ConnectionUpdateSecretOk _,
                    Method.ChannelOpenOk _,
                    Method.ChannelCloseOk _,
                    Method.AccessRequestOk _,
                    Method.ExchangeDeclareOk _,
                    Method.ExchangeDeleteOk _,
                    Method.ExchangeBindOk _,
                    Method.ExchangeUnbindOk _,
                    Method.QueueDeclareOk _,
                    Method.QueueBindOk _,
                    Method.QueuePurgeOk _,
                    Method.QueueDeleteOk _,
                    Method.QueueUnbindOk _,
                    Method.BasicQosOk _,
                    Method.BasicConsumeOk _,
                    Method.BasicReturn _,
                    Method.BasicDeliver _,
                    Method.BasicGetOk _,
                    Method.BasicGetEmpty _,
                    Method.BasicRecoverOk _,
                    Method.TxSelectOk _,
                    Method.TxCommitOk _,
                    Method.TxRollbackOk _,
                    Method.ConfirmSelectOk _ ->
                throw new AmqpException(
                        ErrorCode.COMMAND_INVALID,
                        "unexpected method " + method.getClass().getSimpleName());
        }
    }

    /** Whether it goes together with others of its kind, behind what is read meanwhile. */
    private static boolean gathers(Method method) {
        return method instanceof Method.BasicPublish
                || method instanceof Method.BasicAck
                || method instanceof Method.BasicNack
                || method instanceof Method.BasicReject;
    }

    private void flow(boolean active) throws AmqpException {
        if (!active) {
            throw new AmqpException(ErrorCode.NOT_IMPLEMENTED, "active=false");
        }
        send(new Method.ChannelFlowOk(true));
    }

    private void consume(Method.BasicConsume consume)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        if (consume.queue().equals(ReplyAddresses.PSEUDO_QUEUE)) {
            outflow.consumeReplies(consume);
        } else {
            outflow.consume(consume, declaring.toRead(consume.queue()));
        }
    }

    private void recover(boolean requeue) throws AmqpException, InterruptedException {
        if (!requeue) {
            throw new AmqpException(ErrorCode.NOT_IMPLEMENTED, "requeue=false");
        }
        outflow.recover();
    }

    /** Ends it for an error that concerns no other channel. */
    void closeFor(AmqpException cause) throws InterruptedException {
        LOG.info("Channel {} is closed: {}", number, cause.replyText());
        release();
        state = State.CLOSING;
        int method = methodId();
        send(new Method.ChannelClose(cause.code().code(), cause.replyText(), method >>> 16, method & 0xFFFF));
    }

    /** Nothing more is taken from its queues. */
    void beginStop() {
        outflow.beginStop();
    }

    /** Gives back all that it holds; what came to be published before is published. */
    void release() throws InterruptedException {
        if (state == State.OPEN) {
            state = State.CLOSED;
            assembler.release();
            inflow.release();
            outflow.release();
        }
    }

    /** From any thread. */
    ChannelInfo info() {
        return outflow.info(inflow.isConfirming(), inflow.isTransactional(), inflow.unconfirmed());
    }

    boolean holdsAny() {
        return outflow.holdsAny();
    }

    /** On a thread of its own. */
    void keepHeld() {
        outflow.keepHeld();
    }

    private void send(Method method) {
        out.write(frames -> frames.method(number, method));
    }
}
