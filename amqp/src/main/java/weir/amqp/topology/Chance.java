package weir.amqp.topology;

import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import weir.core.catalog.Queue;

/**
 * By which an exchange chooses that goes by nothing else.
 *
 * @param random used by any number of threads
 * @param near whether this node leads a queue, so that what is published here need not travel
 */
record Chance(RandomGenerator random, Predicate<Queue> near) {}
