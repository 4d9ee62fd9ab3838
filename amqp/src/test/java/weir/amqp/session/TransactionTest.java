package weir.amqp.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;
import weir.core.Limits;

class TransactionTest {
    @Test
    void whatIsToBeSentBackIsHeldAndCounts() throws Exception {
        Transaction transaction = new Transaction(new HalfDone(Long.MAX_VALUE / 2, 0, System::nanoTime));
        for (int bytes = 0; bytes < SessionLimits.TRANSACTION_BYTES; bytes += Limits.MESSAGE_BYTES_MAX) {
            transaction.add(() -> {}, Limits.MESSAGE_BYTES_MAX);
        }
        assertThatThrownBy(() -> transaction.add(() -> {}, 1))
                .isInstanceOf(AmqpException.class)
                .hasMessageContaining("a transaction may have");
    }

    @Test
    void thoseOfAllChannelsHaveARoomTogetherAndWhoeverFindsItFullIsRefused() throws Exception {
        long each = 1_000 + SessionLimits.MESSAGE_BYTES;
        HalfDone room = new HalfDone(2 * each, 0, System::nanoTime);
        Transaction first = new Transaction(room);
        first.add(() -> {}, 1_000);
        Transaction second = new Transaction(room);
        second.add(() -> {}, 1_000);
        assertThatThrownBy(() -> second.add(Publication.nowhere(0), 0))
                .isInstanceOfSatisfying(
                        AmqpException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONTENT_TOO_LARGE));
        assertThat(room.used()).isEqualTo(each);
        first.add(() -> {}, 1_000);
    }

    @Test
    void oneThatIsNotCommittedForLongMakesRoomAndIsRefusedThen() throws Exception {
        AtomicLong now = new AtomicLong();
        long each = 1_000 + SessionLimits.MESSAGE_BYTES;
        HalfDone room = new HalfDone(each, 0, now::get);
        Transaction forgotten = new Transaction(room);
        forgotten.add(() -> {}, 1_000);
        now.addAndGet(SessionLimits.HALF_DONE_SAFE.plusSeconds(1).toNanos());
        new Transaction(room).add(() -> {}, 1_000);
        assertThatThrownBy(() -> forgotten.add(() -> {}, 1))
                .isInstanceOfSatisfying(
                        AmqpException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONTENT_TOO_LARGE));
        assertThat(room.used()).isEqualTo(each);
    }

    @Test
    void smallOnesAreLimitedByTheirNumber() throws Exception {
        Transaction transaction = new Transaction(new HalfDone(Long.MAX_VALUE / 2, 0, System::nanoTime));
        for (int i = 0; i < SessionLimits.TRANSACTION_MESSAGES; i++) {
            transaction.add(() -> {}, 0);
        }
        assertThatThrownBy(() -> transaction.add(Publication.nowhere(0), 0)).isInstanceOf(AmqpException.class);
    }
}
