package weir.amqp.management;

import weir.amqp.topology.RefusedException;
import weir.amqp.wire.AmqpException;
import weir.core.broker.OutcomeUnknownException;

/** Carries out one kind of request. What it throws is answered as {@link Failure} says. */
interface Handler {
    Answer answer(Call call)
            throws Failure, AmqpException, RefusedException, OutcomeUnknownException, InterruptedException;
}
