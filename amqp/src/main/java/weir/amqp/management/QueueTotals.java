package weir.amqp.management;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.topology.VirtualHost;
import weir.core.broker.OutcomeUnknownException;

/**
 * What is in all queues together, by virtual host. Asking each queue takes time, so what was counted holds for as long as makes
 * counting a small share of a thread's time. Safe for use by any number of threads.
 */
final class QueueTotals {
    /** @param queues how many there are */
    record Sum(int queues, Counters counters, Counters.Rates rates) {
        static final Sum NONE = new Sum(0, Counters.NONE, Counters.Rates.NONE);

        Sum plus(Sum other) {
            return new Sum(queues + other.queues, counters.plus(other.counters), rates.plus(other.rates));
        }

        void addTo(Facts facts) {
            counters.addTo(facts, rates);
        }
    }

    private record Counted(Map<String, Sum> byHost, long untilNanos) {
        boolean isFresh() {
            return System.nanoTime() - untilNanos < 0;
        }
    }

    private final Management management;
    private final QueueViews queues;
    private volatile @Nullable Counted last;

    QueueTotals(Management management, QueueViews queues) {
        this.management = management;
        this.queues = queues;
    }

    Sum of(List<VirtualHost> hosts) throws InterruptedException {
        Map<String, Sum> byHost = byHost();
        return hosts.stream()
                .map(host -> byHost.getOrDefault(host.name(), Sum.NONE))
                .reduce(Sum.NONE, Sum::plus);
    }

    private Map<String, Sum> byHost() throws InterruptedException {
        Counted known = last;
        return known != null && known.isFresh() ? known.byHost() : count();
    }

    private synchronized Map<String, Sum> count() throws InterruptedException {
        Counted known = last;
        if (known != null && known.isFresh()) {
            return known.byHost(); // Somebody else has just counted.
        }
        long start = System.nanoTime();
        Map<String, Sum> byHost = new HashMap<>();
        for (AmqpQueue queue : queues.of(management.topology().virtualHosts().list())) {
            byHost.merge(queue.name().vhost(), new Sum(1, counters(queue), Counters.Rates.NONE), Sum::plus);
        }
        byHost.replaceAll((host, sum) -> new Sum(
                sum.queues(), sum.counters(), sum.counters().rates(management.changing(), "virtual host " + host)));
        long end = System.nanoTime();
        last = new Counted(byHost, end + ManagementLimits.COUNTING_SHARE * (end - start));
        return byHost;
    }

    /** Of one that does not answer nothing is counted for now. */
    private Counters counters(AmqpQueue queue) throws InterruptedException {
        try {
            return management.broker().status(queue.queue()).map(Counters::of).orElse(Counters.NONE);
        } catch (OutcomeUnknownException _) {
            return Counters.NONE;
        }
    }
}
