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
            case CONSISTENT_HASH -> ToOne.hashed(HashedBy.of(exchange), true);
            case MODULUS_HASH -> ToOne.hashed(new HashedBy(null, null), false);
            case RANDOM -> ToOne.byChance(chance.random());
            case LOCAL_RANDOM -> ToOne.nearByChance(chance.random(), chance.near());
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

    /**
     * Leads to one of its bindings.
     *
     * @param weighted by the bindings' keys, and so that few messages move when there is one binding more or less
     */
    record ToOne(Ring<Link.Target> ring, boolean weighted, Pick pick) implements Matcher {
        /** Which of them: null if there are none. */
        interface Pick {
            Link.@Nullable Target from(Ring<Link.Target> ring, Routed message) throws AmqpException;
        }

        static ToOne hashed(HashedBy by, boolean weighted) {
            return new ToOne(new Ring<>(), weighted, (ring, message) -> {
                long hash = by.hash(message);
                return ring.pick(
                        slots -> weighted ? Hashing.jump(hash, slots) : (int) Long.remainderUnsigned(hash, slots));
            });
        }

        static ToOne byChance(RandomGenerator random) {
            return new ToOne(new Ring<>(), false, (ring, _) -> ring.pick(random::nextInt));
        }

        /** One of those that this node leads; any, if it leads none: a message is not lost for that. */
        static ToOne nearByChance(RandomGenerator random, Predicate<Queue> near) {
            Predicate<Link.Target> led = target -> target instanceof Link.QueueTarget bound && near.test(bound.queue);
            return new ToOne(new Ring<>(), false, (ring, _) -> ring.pickFrom(led, random::nextInt));
        }

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
        private static Ring.Place place(Link link) {
            return new Ring.Place(link.binding.created(), link.binding.name());
        }

        @Override
        public int match(Routed message, Consumer<? super Link.Target> found) throws AmqpException {
            Link.Target target = pick.from(ring, message);
            if (target == null) {
                return 0;
            }
            found.accept(target);
            return 1;
        }
    }
}
