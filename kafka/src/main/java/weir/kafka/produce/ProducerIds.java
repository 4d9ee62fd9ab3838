package weir.kafka.produce;

import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;
import weir.kafka.Front;
import weir.kafka.session.Call;
import weir.kafka.session.Handler;
import weir.kafka.session.Served;

/**
 * InitProducerId: numbers for idempotent producers, which are never given twice. A node takes some from the catalog at a time, and gives them out by itself.
 * Producers with a transactional id are refused.
 */
public final class ProducerIds implements Handler {
    private static final String KIND = "kafka.producer-ids";
    private static final String NAME = "next";
    private static final short FIRST_EPOCH = 0;
    private static final long NONE = -1;

    private final Broker broker;
    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by the lock, as is the end of those that this node may give out. */
    private long next;

    private long end;

    public ProducerIds(Front front) {
        this.broker = front.broker();
    }

    /** Version 6 asks for transactions of two phases, and is not stable. */
    @Override
    public Served served() {
        return new Served(ApiKeys.INIT_PRODUCER_ID, ApiKeys.INIT_PRODUCER_ID.oldestVersion(), 5);
    }

    @Override
    public ApiMessage answer(Call call) throws OutcomeUnknownException, InterruptedException {
        InitProducerIdResponseData answer = new InitProducerIdResponseData();
        if (call.data(InitProducerIdRequestData.class).transactionalId() != null) {
            return answer.setErrorCode(Errors.UNSUPPORTED_VERSION.code())
                    .setProducerId(NONE)
                    .setProducerEpoch((short) NONE);
        }
        return answer.setProducerId(take()).setProducerEpoch(FIRST_EPOCH);
    }

    private long take() throws OutcomeUnknownException, InterruptedException {
        lock.lockInterruptibly();
        try {
            if (next == end) {
                next = block();
                end = next + ProduceLimits.PRODUCER_IDS;
            }
            return next++;
        } finally {
            lock.unlock();
        }
    }

    /** The first of those that are this node's from now on. */
    private long block() throws OutcomeUnknownException, InterruptedException {
        for (int tries = 0; tries < ProduceLimits.TRIES_MAX; tries++) {
            Optional<Definition> before = broker.definitionAnywhere(KIND, NAME);
            long first = before.map(
                            definition -> Long.parseLong(definition.attributes().getOrDefault(NAME, "0")))
                    .orElse(0L);
            TreeMap<String, String> attributes = new TreeMap<>();
            attributes.put(NAME, Long.toString(first + ProduceLimits.PRODUCER_IDS));
            CatalogReply reply = broker.change(new CatalogCommand.Define(
                    KIND, NAME, before.map(Definition::revision).orElse(Definition.NEW), attributes));
            if (reply instanceof CatalogReply.Defined defined && !defined.existed()) {
                return first;
            }
            broker.catchUp(); // Another node was quicker.
        }
        throw new OutcomeUnknownException("other nodes take producer ids again and again");
    }
}
