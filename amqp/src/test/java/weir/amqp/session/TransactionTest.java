package weir.amqp.session;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import weir.amqp.wire.AmqpException;
import weir.core.Limits;

class TransactionTest {
    @Test
    void whatIsToBeSentBackIsHeldAndCounts() throws Exception {
        Transaction transaction = new Transaction();
        for (int bytes = 0; bytes < SessionLimits.TRANSACTION_BYTES; bytes += Limits.MESSAGE_BYTES_MAX) {
            transaction.add(() -> {}, Limits.MESSAGE_BYTES_MAX);
        }
        assertThatThrownBy(() -> transaction.add(() -> {}, 1))
                .isInstanceOf(AmqpException.class)
                .hasMessageContaining("a transaction may have");
    }

    @Test
    void smallOnesAreLimitedByTheirNumber() throws Exception {
        Transaction transaction = new Transaction();
        for (int i = 0; i < SessionLimits.TRANSACTION_MESSAGES; i++) {
            transaction.add(() -> {}, 0);
        }
        assertThatThrownBy(() -> transaction.add(Publication.nowhere(0), 0)).isInstanceOf(AmqpException.class);
    }
}
