package weir.amqp.topology;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import weir.amqp.topology.match.HeaderPattern;
import weir.core.catalog.Queue;

/** A binding whose two ends are there. Made and dropped by the thread that changes the index; each is one of a kind. */
final class Link {
    final Binding binding;
    final ExchangeNode source;
    final Target target;

    Link(Binding binding, ExchangeNode source, Target target) {
        this.binding = binding;
        this.source = source;
        this.target = target;
    }

    HeaderPattern headerPattern() {
        return HeaderPattern.of(binding.arguments().asMap());
    }

    /** What a binding leads to. */
    sealed interface Target permits QueueTarget, ExchangeNode {
        /** The bindings that lead to it. */
        Map<String, Link> incoming();
    }

    /** A queue that something is bound to. */
    static final class QueueTarget implements Target {
        private final Map<String, Link> incoming = new ConcurrentHashMap<>(2);
        /** As the catalog has it now. */
        volatile Queue queue;

        QueueTarget(Queue queue) {
            this.queue = queue;
        }

        @Override
        public Map<String, Link> incoming() {
            return incoming;
        }
    }
}
