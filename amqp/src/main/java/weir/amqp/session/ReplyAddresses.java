package weir.amqp.session;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import weir.amqp.message.StoredMessage;

/**
 * Where replies go that need no queue: a name for each channel that waits for some. Known to this node only, and a reply is
 * given once or not at all, as RabbitMQ does it. From any thread.
 */
final class ReplyAddresses {
    /** What a client consumes from, and names as the address of its replies. */
    static final String PSEUDO_QUEUE = "amq.rabbitmq.reply-to";

    private static final String PREFIX = PSEUDO_QUEUE + ".";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Map<String, DirectReplies> waiting = new ConcurrentHashMap<>();

    static boolean isAddress(String routingKey) {
        return routingKey.startsWith(PREFIX);
    }

    /** A name that nobody can guess. */
    String open(DirectReplies replies) {
        String address = PREFIX + generated();
        waiting.put(address, replies);
        return address;
    }

    void close(String address) {
        waiting.remove(address);
    }

    boolean isOpen(String address) {
        return waiting.containsKey(address);
    }

    /** False if nobody waits there any more. */
    boolean deliver(String address, StoredMessage reply) {
        DirectReplies replies = waiting.get(address);
        return replies != null && replies.deliver(reply);
    }

    static String generated() {
        byte[] bytes = new byte[SessionLimits.GENERATED_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
