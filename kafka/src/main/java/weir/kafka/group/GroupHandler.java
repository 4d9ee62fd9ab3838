package weir.kafka.group;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.RequestContext;
import weir.kafka.session.Call;
import weir.kafka.session.Handler;
import weir.kafka.session.Served;

/** Asks the coordinator, and waits for what it says. */
final class GroupHandler<Q extends AbstractRequest> implements Handler {
    /** One request of the coordinator's. */
    interface Asking<Q> {
        CompletableFuture<? extends ApiMessage> ask(RequestContext context, Q request);
    }

    private final ApiKeys key;
    private final Class<Q> type;
    private final Asking<Q> asking;

    GroupHandler(ApiKeys key, Class<Q> type, Asking<Q> asking) {
        this.key = key;
        this.type = type;
        this.asking = asking;
    }

    @Override
    public Served served() {
        return Served.whole(key);
    }

    @Override
    public ApiMessage answer(Call call) throws InterruptedException {
        Q request = type.cast(call.request());
        try {
            return asking.ask(Contexts.of(call), request).get();
        } catch (ExecutionException e) {
            return request.getErrorResponse(e.getCause()).data();
        }
    }
}
