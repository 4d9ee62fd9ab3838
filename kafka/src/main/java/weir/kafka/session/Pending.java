package weir.kafka.session;

import java.io.IOException;
import java.util.Optional;
import org.apache.kafka.common.protocol.ApiMessage;

/** A request that was read, and will be answered in its turn. */
public interface Pending {
    /**
     * Waits for what it comes to; empty if nobody wants an answer.
     *
     * @throws IOException if the connection has to end, since there is no other way to tell
     */
    Optional<ApiMessage> answer() throws IOException, InterruptedException;

    /** Whether that is there without a wait. */
    boolean isReady();

    /** It was answered, or nobody is there any more to be answered: what was kept for that can go. */
    void over();
}
