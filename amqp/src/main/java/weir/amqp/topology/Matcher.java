package weir.amqp.topology;

import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import weir.amqp.topology.match.Bag;
import weir.amqp.topology.match.Hashing;
import weir.amqp.topology.match.HeadersIndex;
import weir.amqp.topology.match.KeyIndex;
import weir.amqp.topology.match.KeyedIndex;
import weir.amqp.topology.match.Ring;
import weir.amqp.topology.match.TopicTrie;
import weir.amqp.wire.AmqpException;
import weir.core.catalog.Queue;

/** An exchange's bindings, in the index that its type asks. Written by one thread, read by any. */
sealed interface Matcher {
    void add(Link link);

    void remove(Link link);

    /**
     * Tells where the bindings that the message matches lead, one place perhaps more than once.
     *
     * @return how much was looked at
     */
    int match(Routed message, Consumer<? super Link.Target> found) throws AmqpException;

    static Matcher of(Exchange exchange, Chance chance) {
        return switch (exchange.routing()) {
            case DIRECT, DELAYED -> new ByKey(new KeyIndex<>());
            case FANOUT, RECENT_HISTORY -> new Everything(new Bag<>());
            case TOPIC -> new ByKey(new TopicTrie<>());
            case HEADERS -> new ByHeaders(new HeadersIndex<>());
            case CONSISTENT_HASH -> new ByHash(new Ring<>(), HashedBy.of(exchange), true);
            case MODULUS_HASH -> new ByHash(new Ring<>(), new HashedBy(null, null), false);
            case RANDOM -> new ByChance(new Ring<>(), chance.random());
            case LOCAL_RANDOM -> new NearByChance(new Ring<>(), chance.random(), chance.near());
        };
    }

    record ByKey(KeyedIndex<Link> index) implements Matcher {
        @Override
        public void add(Link link) {
            index.add(link.binding.routingKey(), link);
        }

        @Override
        public void remove(Link link) {
            index.remove(link.binding.routingKey(), link);
        }

        @Override
        public int match(Routed message, Consumer<? super Link.Target> found) {
            int visited = 0;
            for (String key : message.routingKeys()) {
                visited += index.match(key, link -> found.accept(link.target));
            }
            return visited;
        }
    }

    record Everything(Bag<Link> links) implements Matcher {
        @Override
        public void add(Link link) {
            links.add(link);
        }

        @Override
        public void remove(Link link) {
            links.remove(link);
        }

        @Override
        public int match(Routed message, Consumer<? super Link.Target> found) {
            return links.each(link -> found.accept(link.target));
        }
    }

    record ByHeaders(HeadersIndex<Link> index) implements Matcher {
        @Override
        public void add(Link link) {
            index.add(link.headerPattern(), link);
        }

        @Override
        public void remove(Link link) {
            index.remove(link);
        }

        @Override
        public int match(Routed message, Consumer<? super Link.Target> found) throws AmqpException {
            return index.match(message.headers().asMap(), link -> found.accept(link.target));
        }
    }

    /**
     * What a message is hashed by: a header, a property, or its routing key if both are null. What a message lacks is hashed as
     * if it were empty.
     */
    record HashedBy(@Nullable String header, @Nullable HashProperty property) {
        static HashedBy of(Exchange exchange) {
            return new HashedBy(
                    exchange.arguments().get(Exchange.HASH_HEADER) instanceof String header ? header : null,
                    exchange.arguments().get(Exchange.HASH_PROPERTY) instanceof String property
                            ? HashProperty.named(property).orElse(null)
                            : null);
        }

        long hash(Routed message) throws AmqpException {
            String text;
            if (header != null) {
                Object value = message.headers().get(header);
                text = value == null ? "" : value.toString();
            } else if (property != null) {
                String value = message.property(property);
                text = value == null ? "" : value;
            } else {
                text = message.routingKeys().getFirst();
            }
            return Hashing.hash(text);
        }
    }

    /** @param weighted by the bindings' keys, and so that few messages move when there is one binding more or less */
    record ByHash(Ring<Link.Target> ring, HashedBy by, boolean weighted) implements Matcher {
        @Override
        public void add(Link link) {
            ring.add(
                    place(link),
                    weighted ? BindingRules.weight(link.binding.routingKey()).orElse(1) : 1,
                    link.target);
        }

        @Override
        public void remove(Link link) {
            ring.remove(place(link));
        }

        /** In the order of their making: one that comes is behind all others, and moves none of them. */
        static Ring.Place place(Link link) {
            return new Ring.Place(link.binding.created(), link.binding.name());
        }

        @Override
        public int match(Routed message, Consumer<? super Link.Target> found) throws AmqpException {
            long hash = by.hash(message);
            Link.Target target = ring.pick(
                    slots -> weighted ? Hashing.jump(hash, slots) : (int) Long.remainderUnsigned(hash, slots));
            return told(target, found);
        }

        static int told(Link.@Nullable Target target, Consumer<? super Link.Target> found) {
            if (target == null) {
                return 0;
            }
            found.accept(target);
            return 1;
        }
    }

    record ByChance(Ring<Link.Target> ring, RandomGenerator random) implements Matcher {
        @Override
        public void add(Link link) {
            ring.add(ByHash.place(link), 1, link.target);
        }

        @Override
        public void remove(Link link) {
            ring.remove(ByHash.place(link));
        }

        @Override
        public int match(Routed message, Consumer<? super Link.Target> found) {
            return ByHash.told(ring.pick(random::nextInt), found);
        }
    }

    /** One of those that this node leads; any, if it leads none: a message is not lost for that. */
    record NearByChance(Ring<Link.Target> ring, RandomGenerator random, Predicate<Queue> near) implements Matcher {
        @Override
        public void add(Link link) {
            ring.add(ByHash.place(link), 1, link.target);
        }

        @Override
        public void remove(Link link) {
            ring.remove(ByHash.place(link));
        }

        @Override
        public int match(Routed message, Consumer<? super Link.Target> found) {
            return ByHash.told(ring.pickFrom(this::isNear, random::nextInt), found);
        }

        private boolean isNear(Link.Target target) {
            return switch (target) {
                case Link.QueueTarget bound -> near.test(bound.queue);
                case ExchangeNode _ -> false;
            };
        }
    }
}
