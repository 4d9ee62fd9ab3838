package weir.kafka.session;

import java.util.Optional;
import org.apache.kafka.common.protocol.ApiMessage;

/** An answer that was known as soon as the request was read. */
record Known(ApiMessage message) implements Pending {
    @Override
    public Optional<ApiMessage> answer() {
        return Optional.of(message);
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public void over() {}
}
