package weir.amqp.deadletter;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import weir.amqp.wire.FieldTable;
import weir.core.DeadLetterReason;

/**
 * A message's history in its headers, as RabbitMQ 4 writes it: {@code x-death} has one table for each queue and reason, the
 * latest first, and {@code x-first-death-*} and {@code x-last-death-*} the ends of it.
 *
 * <p>RabbitMQ since 4.0 does not go by an {@code x-death} that a client has sent. This does, as its earlier releases did: clients
 * that publish a message again with its headers count its retries by it.
 */
final class Deaths {
    static final String HEADER = "x-death";
    private static final String FIRST = "x-first-death-";
    private static final String LAST = "x-last-death-";
    private static final String QUEUE = "queue";
    private static final String REASON = "reason";
    private static final String EXCHANGE = "exchange";
    private static final String COUNT = "count";
    private static final String REJECTED = "rejected";

    /**
     * What happened to a message.
     *
     * @param exchange it had been published to, with {@code routingKeys}
     * @param expiration as its properties had it; null for none
     */
    record Death(
            String queue,
            DeadLetterReason reason,
            Instant time,
            String exchange,
            List<String> routingKeys,
            @Nullable String expiration) {
        /** RabbitMQ's word for the reason. */
        String word() {
            return switch (reason) {
                case TOO_MANY_ATTEMPTS -> "delivery_limit";
                case REJECTED -> Deaths.REJECTED;
                case EXPIRED -> "expired";
                case OVERFLOW -> "maxlen";
            };
        }
    }

    private Deaths() {}

    /** The headers with one death more. */
    static FieldTable with(FieldTable headers, Death death) {
        List<FieldTable> history = new ArrayList<>(in(headers));
        FieldTable entry = entry(death, 1);
        for (FieldTable known : history) {
            if (death.queue().equals(known.get(QUEUE)) && death.word().equals(known.get(REASON))) {
                history.remove(known);
                entry = known.with(COUNT, count(known) + 1);
                break;
            }
        }
        history.addFirst(entry);
        Map<String, @Nullable Object> changed = new LinkedHashMap<>(headers.asMap());
        changed.put(HEADER, history);
        if (!headers.has(FIRST + REASON)) {
            put(changed, FIRST, death);
        }
        put(changed, LAST, death);
        return FieldTable.of(changed);
    }

    private static void put(Map<String, @Nullable Object> headers, String prefix, Death death) {
        headers.put(prefix + REASON, death.word());
        headers.put(prefix + QUEUE, death.queue());
        headers.put(prefix + EXCHANGE, death.exchange());
    }

    private static FieldTable entry(Death death, long count) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put(COUNT, count);
        entry.put(REASON, death.word());
        entry.put(QUEUE, death.queue());
        entry.put("time", death.time());
        entry.put(EXCHANGE, death.exchange());
        entry.put("routing-keys", death.routingKeys());
        if (death.expiration() != null) {
            entry.put("original-expiration", death.expiration());
        }
        return FieldTable.of(entry);
    }

    /** What a client may have made of the header is left out where it is no history. */
    private static List<FieldTable> in(FieldTable headers) {
        List<FieldTable> history = new ArrayList<>();
        if (headers.get(HEADER) instanceof List<?> list) {
            for (Object each : list) {
                if (each instanceof FieldTable table) {
                    history.add(table);
                }
            }
        }
        return history;
    }

    private static long count(FieldTable entry) {
        return entry.get(COUNT) instanceof Number number ? Math.max(0, number.longValue()) : 1;
    }

    /**
     * Whether the message would go round for ever: it was in that queue before, and since then no client has rejected it. It
     * is dropped there then.
     */
    static boolean isCycle(FieldTable headers, String queue) {
        for (FieldTable death : in(headers)) {
            if (REJECTED.equals(death.get(REASON))) {
                return false;
            }
            if (queue.equals(death.get(QUEUE))) {
                return true;
            }
        }
        return false;
    }
}
