package weir.amqp.topology;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import weir.core.Bytes;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.Definition;
import weir.core.catalog.Queue;

/** Virtual hosts, as somebody who manages them makes and deletes them. Safe for use by any number of threads. */
public final class VirtualHosts {
    private final TopologyIndex index;
    private final Broker broker;
    private final Changes changes;
    private final QueueNaming naming;
    private final Sweeper sweeper;

    VirtualHosts(TopologyIndex index, Broker broker, QueueNaming naming, Sweeper sweeper) {
        this.index = index;
        this.broker = broker;
        this.changes = new Changes(broker);
        this.naming = naming;
        this.sweeper = sweeper;
    }

    /** As this node knows it, after it has asked if it knows none. */
    public Optional<VirtualHost> find(String name) throws OutcomeUnknownException, InterruptedException {
        Optional<Host> known = index.host(name);
        if (known.isEmpty()) {
            broker.catchUp();
            known = index.host(name);
        }
        return known.map(host -> host.virtualHost);
    }

    /** This very one as it is now; empty if it is gone, whatever bears its name. */
    public Optional<VirtualHost> now(VirtualHost host) {
        return index.host(host).map(each -> each.virtualHost);
    }

    /** Whether there is one of that name, as far as this node knows; also one in a form that only a newer release reads. */
    public boolean isThere(String name) {
        return name.equals(VirtualHost.DEFAULT)
                || broker.definition(VirtualHost.KIND, name).isPresent();
    }

    /** By name. */
    public List<VirtualHost> list() {
        return index.hosts().stream()
                .map(host -> host.virtualHost)
                .sorted(Comparator.comparing(VirtualHost::name))
                .toList();
    }

    /**
     * Makes a virtual host, or changes what is said of it.
     *
     * @throws RefusedException if it cannot have that name
     */
    public VirtualHost put(String name, String description, Set<String> tags, String defaultQueueType)
            throws RefusedException, OutcomeUnknownException, InterruptedException {
        if (name.isEmpty() || Bytes.utf8(name).length() > TopologyLimits.NAME_BYTES_MAX) {
            throw new RefusedException("the virtual host's name takes "
                    + Bytes.utf8(name).length() + " bytes, allowed are 1 to " + TopologyLimits.NAME_BYTES_MAX);
        }
        if (!name.equals(VirtualHost.DEFAULT)) {
            removeLeftBehind(name);
        }
        return done(changes.put(VirtualHost.KIND, name, before -> {
            Optional<VirtualHost> known = before.map(VirtualHost::of);
            return new VirtualHost(
                            name,
                            Definition.NEW,
                            description,
                            tags,
                            defaultQueueType,
                            known.map(VirtualHost::connectionsMax).orElse(VirtualHost.UNLIMITED),
                            known.map(VirtualHost::queuesMax).orElse(VirtualHost.UNLIMITED))
                    .attributes();
        }));
    }

    /** Changes what may be in it; {@link VirtualHost#UNLIMITED} for no limit. */
    public VirtualHost limit(VirtualHost host, long connectionsMax, long queuesMax)
            throws RefusedException, OutcomeUnknownException, InterruptedException {
        return done(changes.put(VirtualHost.KIND, host.name(), before -> before.map(VirtualHost::of)
                .orElse(host)
                .withLimits(connectionsMax, queuesMax)
                .attributes()));
    }

    private static VirtualHost done(Changes.Made made) throws RefusedException {
        return switch (made) {
            case Changes.Made.Done(Definition definition, boolean _) -> VirtualHost.of(definition);
            case Changes.Made.TooMany() -> throw new RefusedException("no more virtual hosts can be created here");
        };
    }

    /**
     * Deletes a virtual host with its exchanges, permissions and policies, and then its queues with their messages.
     *
     * @throws RefusedException if it is the default one: its queues are every front's
     */
    public void delete(VirtualHost host) throws RefusedException, OutcomeUnknownException, InterruptedException {
        if (host.name().equals(VirtualHost.DEFAULT)) {
            throw new RefusedException("the virtual host \"/\" cannot be deleted: its queues are those of all fronts");
        }
        changes.remove(VirtualHost.KIND, host.name());
        removeLeftBehind(host.name());
        sweeper.sweep();
    }

    /**
     * Deletes the queues of a virtual host that is gone: whoever deleted it may have been cut short. A queue that was seen
     * before the virtual host was not was made in it when it still was there.
     */
    private void removeLeftBehind(String name) throws OutcomeUnknownException, InterruptedException {
        String prefix = naming.prefix(name);
        List<Queue> page;
        do {
            page = broker.list(prefix, "", TopologyLimits.PAGE);
            if (page.isEmpty() || isThere(name)) {
                return;
            }
            for (Queue queue : page) {
                broker.change(new CatalogCommand.DeleteQueue(queue.name(), queue.id()));
            }
        } while (page.size() == TopologyLimits.PAGE);
    }
}
