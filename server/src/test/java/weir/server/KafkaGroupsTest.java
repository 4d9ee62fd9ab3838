package weir.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Consumer groups, by Kafka's own clients. */
class KafkaGroupsTest {
    private static final int SECONDS_MAX = 60;
    private static final int PARTITIONS = 4;

    @TempDir
    private static Path data;

    @SuppressWarnings("NullAway.Init")
    private static WeirServer server;

    @SuppressWarnings("NullAway.Init")
    private static Admin admin;

    private static String bootstrap = "";
    private String topic = "";

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(
                data,
                "WEIR_KAFKA_PORT",
                "0",
                "WEIR_KAFKA_GROUPS",
                "group.initial.rebalance.delay.ms=0;group.consumer.min.heartbeat.interval.ms=500;group.consumer.heartbeat.interval.ms=500");
        bootstrap = "127.0.0.1:" + server.kafkaPort();
        admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
    }

    @AfterAll
    static void stop() {
        admin.close();
        server.close();
    }

    @BeforeEach
    void makeTopic(TestInfo test) throws Exception {
        topic = test.getTestMethod().orElseThrow().getName()
                + test.getDisplayName().replaceAll("[^a-z]", "");
        get(admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1)))
                .all());
    }

    private static <T> T get(KafkaFuture<T> future) throws Exception {
        return future.get(SECONDS_MAX, TimeUnit.SECONDS);
    }

    /** In all partitions in turn. */
    private void produce(int from, int to) throws Exception {
        try (Producer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap), new StringSerializer(), new StringSerializer())) {
            for (int i = from; i < to; i++) {
                producer.send(new ProducerRecord<>(topic, i % PARTITIONS, null, "m" + i))
                        .get(SECONDS_MAX, TimeUnit.SECONDS);
            }
        }
    }

    private static Set<String> numbered(int from, int to) {
        Set<String> all = new TreeSet<>();
        for (int i = from; i < to; i++) {
            all.add("m" + i);
        }
        return all;
    }

    private KafkaMember member(String protocol, Object... settings) {
        List<Object> all = new ArrayList<>(List.of(settings));
        all.addAll(List.of(ConsumerConfig.GROUP_PROTOCOL_CONFIG, protocol));
        return KafkaMember.of(bootstrap, topic, topic, all.toArray());
    }

    private Map<Integer, Long> committed() throws Exception {
        Map<Integer, Long> offsets = new TreeMap<>();
        get(admin.listConsumerGroupOffsets(topic).partitionsToOffsetAndMetadata())
                .forEach((partition, offset) -> offsets.put(partition.partition(), offset.offset()));
        return offsets;
    }

    private ConsumerGroupDescription described() throws Exception {
        return Objects.requireNonNull(
                get(admin.describeConsumerGroups(List.of(topic)).all()).get(topic));
    }

    // ---- Members

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void aMemberThatIsAloneReadsAllPartitions(String protocol) throws Exception {
        produce(0, 40);
        try (KafkaMember member = member(protocol)) {
            member.awaitAssigned(PARTITIONS);
            member.awaitRead(40);
            assertThat(member.read()).hasSize(40).containsAll(numbered(0, 40));
        }
        assertThat(committed()).isEqualTo(Map.of(0, 10L, 1, 10L, 2, 10L, 3, 10L));
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void partitionsAreSharedWithASecondMemberAndComeBackWhenItLeaves(String protocol) throws Exception {
        try (KafkaMember first = member(protocol)) {
            first.awaitAssigned(PARTITIONS);
            try (KafkaMember second = member(protocol)) {
                second.awaitAssigned(PARTITIONS / 2);
                first.awaitAssigned(PARTITIONS / 2);
                assertThat(first.assigned()).doesNotContainAnyElementsOf(second.assigned());
                produce(0, 40);
                first.awaitRead(20);
                second.awaitRead(20);
                Set<String> both = new TreeSet<>(first.read());
                both.addAll(second.read());
                assertThat(both).isEqualTo(numbered(0, 40));
            }
            first.awaitAssigned(PARTITIONS);
            produce(40, 80);
            first.awaitRead(60);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void theNextMemberGoesOnWhereTheLastOneCommitted(String protocol) throws Exception {
        produce(0, 20);
        try (KafkaMember member = member(protocol)) {
            member.awaitRead(20);
        }
        produce(20, 30);
        try (KafkaMember member = member(protocol)) {
            member.awaitRead(10);
            assertThat(new TreeSet<>(member.read())).isEqualTo(numbered(20, 30));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void aStaticMemberThatComesBackHasItsPartitionsAndNobodyElseIsDisturbed(String protocol) throws Exception {
        try (KafkaMember other = member(protocol, ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, "a")) {
            other.awaitAssigned(PARTITIONS);
            List<String> before;
            try (KafkaMember restarting = member(protocol, ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, "b")) {
                restarting.awaitAssigned(PARTITIONS / 2);
                other.awaitAssigned(PARTITIONS / 2);
                before = restarting.assigned();
            }
            int revocations = other.revocations();
            try (KafkaMember restarted = member(protocol, ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, "b")) {
                restarted.awaitAssigned(PARTITIONS / 2);
                assertThat(restarted.assigned()).isEqualTo(before);
                assertThat(other.revocations()).isEqualTo(revocations);
            }
        }
    }

    @Test
    void cooperativeMembersKeepWhatTheyNeedNotGiveUp() throws Exception {
        String assignor = CooperativeStickyAssignor.class.getName();
        Object[] settings = {ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, assignor};
        try (KafkaMember first = member("classic", settings)) {
            first.awaitAssigned(PARTITIONS);
            try (KafkaMember second = member("classic", settings)) {
                second.awaitAssigned(PARTITIONS / 2);
                first.awaitAssigned(PARTITIONS / 2);
                assertThat(first.revocations()).isEqualTo(PARTITIONS / 2);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"uniform", "range"})
    void theServersAssignorsAreChosenByName(String assignor) throws Exception {
        try (KafkaMember member = member("consumer", ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG, assignor)) {
            member.awaitAssigned(PARTITIONS);
            assertThat(described().partitionAssignor()).isEqualTo(assignor);
        }
    }

    @Test
    void aPatternFindsTopicsAlsoThoseThatAreMadeLater() throws Exception {
        SubscriptionPattern pattern = new SubscriptionPattern(topic + ".*");
        try (KafkaMember member = KafkaMember.start(
                bootstrap,
                topic,
                self -> self.consumer().subscribe(pattern, self.listener()),
                ConsumerConfig.GROUP_PROTOCOL_CONFIG,
                "consumer")) {
            member.awaitAssigned(PARTITIONS);
            get(admin.createTopics(List.of(new NewTopic(topic + "-later", 2, (short) 1)))
                    .all());
            member.awaitAssigned(PARTITIONS + 2);
        }
    }

    @Test
    void aGroupChangesItsProtocolMemberByMemberAndBack() throws Exception {
        produce(0, 20);
        try (KafkaMember classic = member("classic")) {
            classic.awaitRead(20);
            assertThat(described().type()).isEqualTo(GroupType.CLASSIC);
            try (KafkaMember consumer = member("consumer")) {
                consumer.awaitAssigned(PARTITIONS / 2);
                classic.awaitAssigned(PARTITIONS / 2);
                assertThat(described().type()).isEqualTo(GroupType.CONSUMER);
                produce(20, 40);
                consumer.awaitRead(10);
                classic.awaitRead(30);
            }
            classic.awaitAssigned(PARTITIONS);
            assertThat(described().type()).isEqualTo(GroupType.CLASSIC);
        }
    }

    // ---- The operator

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void anOperatorSeesAGroupAndDeletesItOnceItIsEmpty(String protocol) throws Exception {
        produce(0, 20);
        try (KafkaMember member = member(protocol, ConsumerConfig.CLIENT_ID_CONFIG, "seen")) {
            member.awaitRead(20);
            ConsumerGroupDescription group = described();
            assertThat(group.groupState()).isEqualTo(GroupState.STABLE);
            assertThat(group.type()).isEqualTo(GroupType.parse(protocol));
            assertThat(group.members()).singleElement().satisfies(one -> {
                assertThat(one.clientId()).isEqualTo("seen");
                assertThat(one.host()).isEqualTo("/127.0.0.1");
                assertThat(one.assignment().topicPartitions()).hasSize(PARTITIONS);
            });
            assertThat(get(admin.listGroups().all()).stream().map(GroupListing::groupId))
                    .contains(topic);
            assertThatThrownBy(
                            () -> get(admin.deleteConsumerGroups(List.of(topic)).all()))
                    .hasCauseInstanceOf(GroupNotEmptyException.class);
            assertThatThrownBy(() -> get(admin.deleteConsumerGroupOffsets(topic, Set.of(new TopicPartition(topic, 0)))
                            .all()))
                    .hasCauseInstanceOf(GroupSubscribedToTopicException.class);
        }
        assertThat(described().groupState()).isEqualTo(GroupState.EMPTY);
        get(admin.deleteConsumerGroupOffsets(topic, Set.of(new TopicPartition(topic, 0)))
                .all());
        assertThat(committed()).containsOnlyKeys(1, 2, 3);
        get(admin.deleteConsumerGroups(List.of(topic)).all());
        assertThatThrownBy(this::described).hasCauseInstanceOf(GroupIdNotFoundException.class);
        assertThat(get(admin.listGroups().all()).stream().map(GroupListing::groupId))
                .doesNotContain(topic);
    }

    @Test
    void anOperatorSetsOffsetsOfAGroupWithoutMembers() throws Exception {
        produce(0, 20);
        get(admin.alterConsumerGroupOffsets(
                        topic, Map.of(new TopicPartition(topic, 1), new OffsetAndMetadata(3, "by hand")))
                .all());
        assertThat(committed()).isEqualTo(Map.of(1, 3L));
        try (KafkaMember member = member("consumer")) {
            member.awaitRead(17);
            assertThat(member.read()).hasSize(17).doesNotContain("m1", "m5", "m9");
        }
    }

    @Test
    void whatWasCommittedOfATopicGoesWithIt() throws Exception {
        produce(0, 20);
        try (KafkaMember member = member("classic")) {
            member.awaitRead(20);
        }
        get(admin.deleteTopics(List.of(topic)).all());
        get(admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1)))
                .all());
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        while (!committed().isEmpty()) { // Behind the deletion.
            assertThat(System.nanoTime()).isLessThan(end);
        }
    }
}
