package weir.amqp.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.amqp.wire.AmqpException;
import weir.core.broker.Broker;
import weir.core.broker.CatalogWatch;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;
import weir.core.catalog.Queue;

/**
 * Puts in force for queues what policies say: for all when a policy changes, for a queue that is new, as the policies may have
 * changed while it was made.
 *
 * <p>Every node does it, by what the catalog says: so it does not matter which one dies on the way, and a node that starts
 * looks at everything. A queue has noted what is in force, and is changed at the revision that was read; who comes second finds
 * it done. Nodes go through the queues in orders of their own, so that they share the work rather than repeat it.
 */
public final class PolicyKeeper implements CatalogWatch, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyKeeper.class);

    private static final int PAGE = 1_000;

    /** Changes of the catalog under way at a time; they share its log's entries, and leave room for others'. */
    private static final int AT_A_TIME = 16;

    /** Queues that are remembered one by one; of more, all are looked at. */
    private static final int SOME_MAX = 10_000;

    private static final Duration TRIED_AGAIN = Duration.ofSeconds(1);

    private final Broker broker;
    private final Queues queues;
    private final Consumers consumers;
    private final Queues.PolicyBook policies;
    private final Set<String> kinds;
    private final Thread thread;

    /** Whether all queues are to be looked at. Guarded by this, as is the next. */
    private boolean all = true;

    private Set<Long> some = new LinkedHashSet<>();

    /** @param kinds of the definitions that are policies; to be told of changes after whatever the policies are read by */
    public PolicyKeeper(
            Broker broker, Queues queues, Consumers consumers, Queues.PolicyBook policies, Set<String> kinds) {
        this.broker = broker;
        this.queues = queues;
        this.consumers = consumers;
        this.policies = policies;
        this.kinds = Set.copyOf(kinds);
        this.thread = Thread.ofVirtual().name("weir-amqp-policies").unstarted(this::run);
    }

    public void start() {
        broker.watch(this);
        thread.start();
    }

    // ---- On the thread that applies the catalog's log

    @Override
    public synchronized void anew() {
        all = true;
        notifyAll();
    }

    @Override
    public void changed(CatalogReply reply) {
        switch (reply) {
            case CatalogReply.Defined(Definition definition, boolean _) -> changed(definition);
            case CatalogReply.Undefined(Definition definition) -> changed(definition);
            case CatalogReply.Created(Queue queue, boolean existed) -> {
                if (!existed) {
                    look(queue);
                }
            }
            case CatalogReply.Updated(Queue queue) -> look(queue);
            case CatalogReply.Deleted _, CatalogReply.Refused _ -> {}
        }
    }

    private void changed(Definition definition) {
        if (kinds.contains(definition.kind())) {
            anew();
        }
    }

    private synchronized void look(Queue queue) {
        if (all || !queue.labels().containsKey(QueuePlan.DURABLE)) {
            return;
        }
        some.add(queue.id());
        all = some.size() > SOME_MAX;
        notifyAll();
    }

    // ---- On its own thread

    private synchronized List<Long> next() throws InterruptedException {
        while (!all && some.isEmpty()) {
            wait();
        }
        List<Long> ids = all ? List.of() : List.copyOf(some);
        all = false;
        some = new LinkedHashSet<>();
        return ids;
    }

    private void run() {
        try {
            while (true) {
                List<Long> ids = next();
                try {
                    bringAbout(ids.isEmpty() ? declared() : known(ids));
                } catch (OutcomeUnknownException e) {
                    LOG.info("Policies are put in force later: {}", e.getMessage());
                    anew();
                    Thread.sleep(TRIED_AGAIN);
                } catch (RuntimeException e) { // It must not be the end of all later rounds.
                    LOG.error("a bug, met while putting policies in force", e);
                }
            }
        } catch (InterruptedException _) { // The server is stopping.
        }
    }

    private List<AmqpQueue> known(List<Long> ids) {
        List<AmqpQueue> known = new ArrayList<>();
        ids.forEach(id -> broker.find(id).flatMap(AmqpQueue::of).ifPresent(known::add));
        return known;
    }

    /** All that AMQP has made and are not as they should be. */
    private List<AmqpQueue> declared() {
        List<AmqpQueue> declared = new ArrayList<>();
        String after = "";
        List<Queue> page;
        do {
            page = broker.list("", after, PAGE);
            for (Queue each : page) {
                after = each.name();
                AmqpQueue.of(each)
                        .filter(queue -> !queue.isUnder(policies.of(queue)))
                        .ifPresent(declared::add);
            }
        } while (page.size() == PAGE);
        Collections.shuffle(declared);
        return declared;
    }

    private void bringAbout(List<AmqpQueue> those) throws OutcomeUnknownException, InterruptedException {
        for (int from = 0; from < those.size(); from += AT_A_TIME) {
            AtomicReference<@Nullable OutcomeUnknownException> unknown = new AtomicReference<>();
            List<Thread> under = new ArrayList<>();
            for (AmqpQueue queue : those.subList(from, Math.min(those.size(), from + AT_A_TIME))) {
                under.add(Thread.ofVirtual().name("weir-amqp-policy").start(() -> bringAbout(queue, unknown)));
            }
            for (Thread each : under) {
                each.join();
            }
            OutcomeUnknownException failure = unknown.get();
            if (failure != null) {
                throw failure;
            }
        }
    }

    private void bringAbout(AmqpQueue queue, AtomicReference<@Nullable OutcomeUnknownException> unknown) {
        try {
            queues.apply(queue, policies);
            AmqpQueue now =
                    broker.find(queue.queue().id()).flatMap(AmqpQueue::of).orElse(null);
            if (now != null) {
                consumers.changed(now);
            }
        } catch (OutcomeUnknownException e) {
            unknown.set(e);
        } catch (AmqpException e) {
            LOG.warn("What policies say of {} is not in force: {}", queue.name(), e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The thread ends with this.
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
