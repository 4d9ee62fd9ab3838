package weir.sqs.action;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import weir.core.LeaseId;
import weir.core.PartitionId;
import weir.core.Position;
import weir.core.QueueSettings;
import weir.core.catalog.Queue;
import weir.sqs.wire.SqsException;

class NamesOfMessagesTest {
    private static final int SALT = ReceiptHandle.salt(new UUID(0, 1));
    private static final MessageIds IDS = new MessageIds(UUID.fromString("6f1e0a52-7d1b-4c39-9e0f-2a5b8c7d3e41"));

    private static Queue queue(long id) {
        return new Queue(id, "q", 0, QueueSettings.DEFAULT, new TreeMap<>(), 0, 0, 1);
    }

    private static ReceiptHandle handle(long queue, long offset, int delivery) {
        return new ReceiptHandle(new PartitionId(queue, 0), new LeaseId(new Position(0, offset), delivery));
    }

    @Test
    void neighboursHaveDifferentIdsThatAreVersion4Uuids() {
        Set<String> ids = new HashSet<>();
        for (long queue = 1; queue <= 40; queue++) {
            for (int partition = 0; partition < 5; partition++) {
                for (int level = 0; level < 5; level++) {
                    for (long offset = 0; offset < 50; offset++) {
                        String id = IDS.of(new PartitionId(queue, partition), new Position(level, offset));
                        assertThat(ids.add(id)).as(id).isTrue();
                        UUID uuid = UUID.fromString(id);
                        assertThat(uuid.version()).isEqualTo(4);
                        assertThat(uuid.variant()).isEqualTo(2);
                    }
                }
            }
        }
    }

    @Test
    void idIsTheSameForTheSamePlace() {
        assertThat(IDS.of(new PartitionId(7, 0), new Position(0, 12)))
                .isEqualTo(IDS.of(new PartitionId(7, 0), new Position(0, 12)))
                .isEqualTo(
                        "cd56108f-b414-410d-8fba-fc01af6e7bbf"); // A change of the scheme renames every stored message.
    }

    @Test
    void anotherClusterGivesOtherIds() {
        MessageIds others = new MessageIds(UUID.fromString("6f1e0a52-7d1b-4c39-9e0f-2a5b8c7d3e42"));
        assertThat(others.of(new PartitionId(7, 0), new Position(0, 12)))
                .isNotEqualTo(IDS.of(new PartitionId(7, 0), new Position(0, 12)));
    }

    @Test
    void sequenceNumbersHaveTwentyDigitsAndRiseAsText() {
        String first = MessageIds.sequenceNumber(new Position(0, 9));
        String second = MessageIds.sequenceNumber(new Position(0, 10));
        assertThat(first).hasSize(20).isEqualTo("10000000000000000009");
        assertThat(second).hasSize(20).isGreaterThan(first);
        assertThat(MessageIds.sequenceNumber(new Position(0, Long.MAX_VALUE))).isEqualTo("19223372036854775807");
    }

    @Test
    void handleSurvivesItsJourney() {
        ReceiptHandle handle = handle(123456789, Long.MAX_VALUE, Integer.MAX_VALUE);
        assertThat(ReceiptHandle.decode(handle.encode(SALT), queue(123456789), SALT))
                .isEqualTo(handle);
        assertThat(handle.encode(SALT)).matches("[A-Za-z0-9_-]{40}");
    }

    @Test
    void everyReceiveOfAMessageHasItsOwnHandle() {
        assertThat(handle(1, 1, 1).encode(SALT)).isNotEqualTo(handle(1, 1, 2).encode(SALT));
    }

    @Test
    void handleOfAnotherQueueIsInvalid() {
        String foreign = handle(2, 5, 1).encode(SALT);
        assertThatThrownBy(() -> ReceiptHandle.decode(foreign, queue(1), SALT))
                .isInstanceOf(SqsException.class)
                .hasMessage("The input receipt handle \"" + foreign + "\" is not a valid receipt handle.");
    }

    @Test
    void handleOfAnotherClusterIsInvalid() {
        String foreign = handle(1, 5, 1).encode(ReceiptHandle.salt(new UUID(0, 2)));
        assertThatThrownBy(() -> ReceiptHandle.decode(foreign, queue(1), SALT)).isInstanceOf(SqsException.class);
    }

    @Test
    void garbageIsInvalidAndSoIsAHandleWithOneLetterChanged() {
        String handle = handle(1, 5, 1).encode(SALT);
        var random = new SplittableRandom(1);
        for (int i = 0; i < handle.length(); i++) {
            char changed = handle.charAt(i) == 'A' ? 'B' : 'A';
            String forged = handle.substring(0, i) + changed + handle.substring(i + 1);
            assertThatThrownBy(() -> ReceiptHandle.decode(forged, queue(1), SALT))
                    .isInstanceOf(SqsException.class);
        }
        for (int i = 0; i < 1000; i++) {
            var text = new StringBuilder();
            for (int c = random.nextInt(60); c > 0; c--) {
                text.append((char) random.nextInt(32, 0x3000));
            }
            assertThatThrownBy(() -> ReceiptHandle.decode(text.toString(), queue(1), SALT))
                    .isInstanceOf(SqsException.class);
        }
    }
}
