package weir.amqp.topology;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** An exchange with its bindings. Changed by the thread that changes the index, read by any. */
final class ExchangeNode implements Link.Target {
    final Exchange exchange;
    final Host host;
    final Matcher matcher;
    /** By the binding's name: those that lead from here, and those that lead here. */
    final Map<String, Link> outgoing = new ConcurrentHashMap<>(2);

    private final Map<String, Link> incoming = new ConcurrentHashMap<>(2);
    /** Who gets what no binding matches: by its own arguments, or else by a policy. */
    volatile @Nullable String alternate;

    ExchangeNode(Exchange exchange, Host host, Chance chance) {
        this.exchange = exchange;
        this.host = host;
        this.matcher = Matcher.of(exchange, chance);
        this.alternate = exchange.alternate();
    }

    @Override
    public Map<String, Link> incoming() {
        return incoming;
    }
}
