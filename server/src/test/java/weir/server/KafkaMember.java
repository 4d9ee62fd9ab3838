package weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/** A member of a consumer group: Kafka's own consumer, polling on a thread of its own. */
final class KafkaMember implements AutoCloseable {
    private static final int SECONDS_MAX = 60;
    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaConsumer<String, String> consumer;
    private final Thread thread;

    // Guarded by this:
    private final Collection<String> assigned = new TreeSet<>();
    private final List<String> read = new ArrayList<>();
    private int revocations;
    private boolean ending;
    private @Nullable Throwable failure;

    private KafkaMember(Map<String, Object> config, Consumer<KafkaMember> subscribing) {
        consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
        thread = Thread.ofPlatform().name("kafka-member").unstarted(() -> run(subscribing));
    }

    /** @param settings of the consumer, names and values, beside those that every one here has */
    static KafkaMember of(String bootstrap, String group, String topic, Object... settings) {
        return start(
                bootstrap, group, member -> member.consumer.subscribe(List.of(topic), member.listener()), settings);
    }

    static KafkaMember start(String bootstrap, String group, Consumer<KafkaMember> subscribing, Object... settings) {
        Map<String, Object> config = new HashMap<>();
        config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        for (int i = 0; i < settings.length; i += 2) {
            config.put((String) settings[i], settings[i + 1]);
        }
        if (!"consumer".equals(config.get(ConsumerConfig.GROUP_PROTOCOL_CONFIG))) {
            config.putIfAbsent(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 6_000);
            config.putIfAbsent(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 300);
        }
        KafkaMember member = new KafkaMember(config, subscribing);
        member.thread.start();
        return member;
    }

    KafkaConsumer<String, String> consumer() {
        return consumer;
    }

    ConsumerRebalanceListener listener() {
        return new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                synchronized (KafkaMember.this) {
                    partitions.forEach(partition -> assigned.add(partition.toString()));
                    KafkaMember.this.notifyAll();
                }
            }

            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                synchronized (KafkaMember.this) {
                    partitions.forEach(partition -> assigned.remove(partition.toString()));
                    revocations += partitions.size();
                    KafkaMember.this.notifyAll();
                }
            }
        };
    }

    private void run(Consumer<KafkaMember> subscribing) {
        try (consumer) {
            subscribing.accept(this);
            while (!isEnding()) {
                var records = consumer.poll(POLL);
                List<String> bodies = new ArrayList<>();
                for (ConsumerRecord<String, String> record : records) {
                    bodies.add(record.value());
                }
                if (!bodies.isEmpty()) {
                    consumer.commitSync();
                    synchronized (this) {
                        read.addAll(bodies);
                        notifyAll();
                    }
                }
            }
        } catch (WakeupException _) { // It is to end.
        } catch (RuntimeException | Error e) {
            synchronized (this) {
                failure = e;
                notifyAll();
            }
        }
    }

    private synchronized boolean isEnding() {
        return ending;
    }

    /** What it has read and committed so far. */
    synchronized List<String> read() {
        return List.copyOf(read);
    }

    synchronized int revocations() {
        return revocations;
    }

    synchronized List<String> assigned() {
        return List.copyOf(assigned);
    }

    synchronized void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        while (!condition.getAsBoolean()) {
            assertThat(failure).isNull();
            long millis = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            assertThat(millis)
                    .as("%s; assigned %s, read %s", what, assigned, read.size())
                    .isPositive();
            wait(millis);
        }
    }

    void awaitAssigned(int partitions) throws InterruptedException {
        await(partitions + " partitions", () -> assigned.size() == partitions);
    }

    void awaitRead(int records) throws InterruptedException {
        await(records + " records", () -> read.size() >= records);
    }

    /** Leaves the group, unless it is a static member. */
    @Override
    public void close() {
        synchronized (this) {
            ending = true;
        }
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
