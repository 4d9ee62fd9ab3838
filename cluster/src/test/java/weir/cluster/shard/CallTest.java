package weir.cluster.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import weir.core.broker.OutcomeUnknownException;
import weir.core.shard.Command;
import weir.core.shard.Reply;

class CallTest {
    @Test
    void roomIsGivenBackOnceThoughTheAnswerComesAfterTheFailure() {
        Semaphore room = new Semaphore(0);
        Call call = new Call(new Command.Tick(), room, 3);
        call.failed(new OutcomeUnknownException("the leader was lost"));
        call.answered(new Reply.Done(), List.of());
        assertThat(room.availablePermits()).isEqualTo(3);
        assertThat(call.reply).isCompletedExceptionally();
    }
}
