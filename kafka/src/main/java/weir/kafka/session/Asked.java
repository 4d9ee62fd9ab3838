package weir.kafka.session;

import java.util.Optional;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.protocol.ApiMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.core.broker.OutcomeUnknownException;
import weir.kafka.wire.Frame;

/** An ordinary request: its handler is called when it is its turn to be answered. */
record Asked(Handler handler, Call call, Frame frame) implements Pending {
    private static final Logger LOG = LoggerFactory.getLogger(Asked.class);

    @Override
    public Optional<ApiMessage> answer() throws InterruptedException {
        try {
            return Optional.of(handler.answer(call));
        } catch (OutcomeUnknownException e) {
            LOG.debug("{} of {} was not answered in time", call.header(), call.address(), e);
            return Optional.of(call.request()
                    .getErrorResponse(new TimeoutException(e.getMessage()))
                    .data());
        }
    }

    @Override
    public boolean isReady() {
        return false;
    }

    @Override
    public void over() {
        frame.release();
        call.held().release();
    }
}
