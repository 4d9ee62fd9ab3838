package weir.amqp.queue;

import java.util.List;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.Definition;
import weir.core.catalog.Queue;

/** What the catalog has noted of queues: who consumes from them, when they were used, whose turn it is. */
final class Notes {
    private static final int PAGE = 1_000;

    private final Broker broker;

    Notes(Broker broker) {
        this.broker = broker;
    }

    /** Forgets those of queues that others than AMQP's clients have deleted, or a virtual host's end. */
    void forgetGone() throws OutcomeUnknownException, InterruptedException {
        for (String kind : List.of(Consumers.KIND, Consumers.USED, ExclusiveUse.KIND)) {
            String after = "";
            List<Definition> page;
            do {
                page = broker.definitions(kind, "", after, PAGE);
                for (Definition note : page) {
                    after = note.name();
                    int at = after.indexOf(Consumers.AT);
                    if (isGone(at < 0 ? after : after.substring(0, at))) {
                        broker.change(new CatalogCommand.Undefine(kind, after));
                    }
                }
            } while (page.size() == PAGE);
        }
        String after = "";
        List<Queue> page;
        do {
            page = broker.list(ActiveConsumers.PREFIX, after, PAGE);
            for (Queue tokens : page) {
                after = tokens.name();
                if (isGone(after.substring(ActiveConsumers.PREFIX.length()))) {
                    broker.change(new CatalogCommand.DeleteQueue(after, tokens.id()));
                }
            }
        } while (page.size() == PAGE);
    }

    /** Whether a queue that there was is no more; what is noted of one was noted after it was made. */
    private boolean isGone(String id) {
        return id.matches("\\d{1,18}") && broker.find(Long.parseLong(id)).isEmpty();
    }
}
