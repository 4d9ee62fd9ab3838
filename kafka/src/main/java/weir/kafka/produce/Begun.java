package weir.kafka.produce;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponseCollection;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import weir.core.broker.Outcome;
import weir.core.shard.Command;
import weir.kafka.produce.Production.OfTopic;
import weir.kafka.session.Pending;
import weir.kafka.wire.Frame;

/**
 * A produce request under way. Its frame's room is given back when all of it is settled, whether somebody still waits for the answer or not: until then its bytes are
 * on their way to the log.
 */
final class Begun implements Pending {
    /** What it has for one topic. */
    record ForTopic(OfTopic topic, List<Part> parts) {}

    private final List<ForTopic> topics;
    private final boolean wantsAnswer;
    private final Frame frame;
    private final CompletableFuture<Void> settled = new CompletableFuture<>();

    Begun(List<ForTopic> topics, boolean wantsAnswer, Frame frame) {
        this.topics = topics;
        this.wantsAnswer = wantsAnswer;
        this.frame = frame;
    }

    private List<Part> going() {
        return topics.stream()
                .flatMap(topic -> topic.parts().stream())
                .filter(part -> part.command() != null)
                .toList();
    }

    /** What is to be appended, in order. */
    List<Command.Publish> commands() {
        return going().stream().map(Part::command).toList();
    }

    /** @param outcomes one for each of {@link #commands} */
    void settle(List<Outcome> outcomes) {
        List<Part> going = going();
        for (int i = 0; i < going.size(); i++) {
            going.get(i).settle(outcomes.get(i));
        }
        frame.release();
        settled.complete(null);
    }

    /** A bug was met: nobody knows. */
    void fail(Throwable bug) {
        frame.release();
        settled.completeExceptionally(bug);
    }

    @Override
    public Optional<ApiMessage> answer() throws IOException, InterruptedException {
        try {
            settled.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a bug was met", e.getCause());
        }
        if (wantsAnswer) {
            return Optional.of(response());
        }
        for (ForTopic topic : topics) {
            for (Part part : topic.parts()) {
                if (part.failed()) { // The only way to tell who wants no answer: he connects again, and asks who leads.
                    throw new IOException("a produce request without an answer failed: "
                            + Errors.forCode(part.answer().errorCode()));
                }
            }
        }
        return Optional.empty();
    }

    private ProduceResponseData response() {
        TopicProduceResponseCollection responses = new TopicProduceResponseCollection(topics.size());
        for (ForTopic topic : topics) {
            responses.add(new TopicProduceResponse()
                    .setName(topic.topic().name())
                    .setTopicId(topic.topic().id())
                    .setPartitionResponses(
                            topic.parts().stream().map(Part::answer).toList()));
        }
        return new ProduceResponseData().setResponses(responses);
    }

    @Override
    public boolean isReady() {
        return settled.isDone();
    }

    @Override
    public void over() {}
}
