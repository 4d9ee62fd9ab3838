package weir.kafka.fetch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import weir.core.broker.FetchOutcome;
import weir.kafka.Front;
import weir.kafka.record.OutgoingRecords;
import weir.kafka.session.Call;
import weir.kafka.session.Handler;
import weir.kafka.session.Served;
import weir.kafka.wire.Pieces;

/**
 * Fetch: record batches from an offset on, and a wait for them if there are few. There are no fetch sessions: each request says all that it wants, as clients do
 * whom the answer gives none.
 */
public final class Fetching implements Handler {
    private static final int NO_SESSION = 0;

    private final Front front;
    private final OutgoingRecords outgoing;

    public Fetching(Front front) {
        this.front = front;
        this.outgoing = new OutgoingRecords(front.formats());
    }

    /** Versions 17 and 18 are for replicas. */
    @Override
    public Served served() {
        return new Served(ApiKeys.FETCH, ApiKeys.FETCH.oldestVersion(), 16);
    }

    @Override
    public ApiMessage answer(Call call) throws InterruptedException {
        FetchRequestData asked = call.data(FetchRequestData.class);
        if (asked.sessionId() != NO_SESSION) {
            return new FetchResponseData().setErrorCode(Errors.FETCH_SESSION_ID_NOT_FOUND.code());
        }
        List<List<Wanted>> topics = new ArrayList<>(asked.topics().size());
        List<Wanted> all = new ArrayList<>();
        for (FetchTopic topic : asked.topics()) {
            List<Wanted> ofTopic = Wanted.of(topic, front.topics());
            topics.add(ofTopic);
            all.addAll(ofTopic);
        }
        int most = Math.clamp(asked.maxBytes(), 1, FetchLimits.ANSWER_BYTES_MAX);
        int room = call.held().takeSome(most, FetchLimits.ANSWER_BYTES_LEAST);
        read(all, room, Math.min(asked.minBytes(), room), wait(asked));
        FetchResponseData answer = new FetchResponseData().setSessionId(NO_SESSION);
        long bytes = 0;
        for (int i = 0; i < topics.size(); i++) {
            FetchTopic topic = asked.topics().get(i);
            FetchableTopicResponse response =
                    new FetchableTopicResponse().setTopic(topic.topic()).setTopicId(topic.topicId());
            for (Wanted wanted : topics.get(i)) {
                var partition = wanted.answer(outgoing);
                bytes += partition.records() instanceof Pieces pieces ? pieces.sizeInBytes() : 0;
                response.partitions().add(partition);
            }
            answer.responses().add(response);
        }
        call.held().are(bytes);
        return answer;
    }

    private static Duration wait(FetchRequestData asked) {
        return Duration.ofMillis(Math.clamp(asked.maxWaitMs(), 0, FetchLimits.WAIT_MAX.toMillis()));
    }

    /** Until there is enough, or something is to be told, or the wait is over. What was read is not read again. */
    private void read(List<Wanted> all, int bytesMax, int bytesMin, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            long bytes = all.stream().mapToLong(Wanted::bytes).sum();
            List<Wanted> open = all.stream().filter(Wanted::hasRoom).toList();
            if (open.isEmpty() || bytes >= bytesMax) {
                return;
            }
            boolean told = all.stream().anyMatch(Wanted::failed);
            long left = told ? 0 : Math.max(0, end - System.nanoTime());
            List<FetchOutcome> outcomes = front.broker()
                    .fetch(
                            open.stream().map(Wanted::fetch).toList(),
                            (int) (bytesMax - bytes),
                            bytes >= bytesMin ? Duration.ZERO : Duration.ofNanos(left));
            for (int i = 0; i < outcomes.size(); i++) {
                open.get(i).read(outcomes.get(i));
            }
            long now = all.stream().mapToLong(Wanted::bytes).sum();
            if (now == bytes || now >= bytesMin || left == 0) {
                return;
            }
        }
    }
}
