package weir.amqp.session;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import weir.amqp.message.StoredMessage;
import weir.amqp.nodes.OtherNodes;
import weir.amqp.nodes.Presence;

/**
 * Where replies go that need no queue: an address for each channel that waits for some, which says at which node that is. A reply
 * is given once or not at all, as RabbitMQ does it. From any thread.
 */
final class ReplyAddresses {
    /** What a client consumes from, and names as the address of its replies. */
    static final String PSEUDO_QUEUE = "amq.rabbitmq.reply-to";

    private static final String PREFIX = PSEUDO_QUEUE + ".";
    private static final char AFTER_NODE = '.';
    private static final SecureRandom RANDOM = new SecureRandom();

    private final OtherNodes nodes;
    private final Map<String, DirectReplies> waiting = new ConcurrentHashMap<>();
    /** By node. As many as there are nodes to which replies were sent. */
    private final Map<Integer, ReplyLane> lanes = new ConcurrentHashMap<>();

    ReplyAddresses(OtherNodes nodes) {
        this.nodes = nodes;
    }

    static boolean isAddress(String routingKey) {
        return routingKey.startsWith(PREFIX);
    }

    /** A name that nobody can guess. */
    String open(DirectReplies replies) {
        String address = PREFIX + nodes.self() + AFTER_NODE + generated();
        waiting.put(address, replies);
        return address;
    }

    void close(String address) {
        waiting.remove(address);
    }

    /** Whether somebody waits there, at whichever node; false also if its node does not answer. */
    boolean isOpen(String address) throws InterruptedException {
        OptionalInt node = nodeOf(address);
        return node.isPresent()
                && (node.getAsInt() == nodes.self()
                        ? isOpenHere(address)
                        : nodes.has(node.getAsInt()) && nodes.waits(node.getAsInt(), address) == Presence.THERE);
    }

    boolean isOpenHere(String address) {
        return waiting.containsKey(address);
    }

    /**
     * Gives a reply to who waits for it, or sends it on its way there, behind those that were sent to that node before.
     *
     * @param mandatory whether to wait until it is known what became of it
     * @return false if it certainly was not given to anybody, as far as that was waited for
     */
    boolean deliver(String address, StoredMessage reply, boolean mandatory) throws InterruptedException {
        OptionalInt node = nodeOf(address);
        if (node.isEmpty()) {
            return false;
        }
        if (node.getAsInt() == nodes.self()) {
            return deliverHere(address, reply);
        }
        ReplyLane lane = lane(node.getAsInt());
        if (lane == null) {
            return false;
        }
        CompletableFuture<Boolean> given = lane.add(address, reply);
        try {
            return !mandatory || given.get(); // Bounded by what the lane's question may take.
        } catch (ExecutionException e) {
            throw new IllegalStateException("a lane's answers do not fail", e);
        }
    }

    /** Null if there is no such node: addresses are what a client says, and it may say any number. */
    private @Nullable ReplyLane lane(int node) {
        ReplyLane known = lanes.get(node);
        return known == null && nodes.has(node) ? lanes.computeIfAbsent(node, to -> new ReplyLane(to, nodes)) : known;
    }

    /** False if nobody waits there any more. */
    boolean deliverHere(String address, StoredMessage reply) {
        DirectReplies replies = waiting.get(address);
        return replies != null && replies.deliver(reply);
    }

    /** Empty if no node has made such an address. */
    private static OptionalInt nodeOf(String address) {
        int end = address.indexOf(AFTER_NODE, PREFIX.length());
        try {
            return end < 0 ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(address, PREFIX.length(), end, 10));
        } catch (NumberFormatException _) {
            return OptionalInt.empty();
        }
    }

    static String generated() {
        byte[] bytes = new byte[SessionLimits.GENERATED_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
