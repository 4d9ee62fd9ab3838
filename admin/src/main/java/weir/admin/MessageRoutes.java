package weir.admin;

import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import weir.admin.Wire.MessageView;
import weir.admin.Wire.PeekPage;
import weir.admin.Wire.SentMessage;
import weir.admin.Wire.Settle;
import weir.core.Batch;
import weir.core.LeaseId;
import weir.core.Limits;
import weir.core.PartitionId;
import weir.core.Position;
import weir.core.QueuePosition;
import weir.core.broker.Broker;
import weir.core.broker.Delivery;
import weir.core.broker.Outcome;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.PeekedIn;
import weir.core.broker.PublishOutcome;
import weir.core.broker.Receipt;
import weir.core.broker.Receive;
import weir.core.catalog.Queue;
import weir.core.shard.Command;
import weir.core.shard.Refusal;
import weir.core.shard.Reply;
import weir.net.http.HttpCaller;

/** Sending, receiving, settling and looking at messages. */
final class MessageRoutes {
    private final Broker broker;
    private final MessageViews views;
    private final Json json;
    private final InstantSource clock;

    MessageRoutes(Broker broker, MessageViews views, Json json, InstantSource clock) {
        this.broker = broker;
        this.views = views;
        this.json = json;
        this.clock = clock;
    }

    /** All or none of those that go to one partition, of which most queues have one. */
    void send(String name, ServerRequest request, ServerResponse response)
            throws OutcomeUnknownException, InterruptedException {
        Queue queue = QueueRoutes.find(broker, name);
        Wire.Send body = json.read(request, Wire.Send.class);
        List<Wire.@Nullable Outgoing> messages = atMostAPage("messages", body.messages());
        List<Batch> batches = new ArrayList<>(messages.size());
        long now = clock.millis();
        for (Wire.Outgoing message : messages) {
            batches.add(Outgoing.batch(message, queue.settings(), now));
        }
        List<PublishOutcome> outcomes = broker.publish(queue, batches);
        if (outcomes.stream().allMatch(outcomes.getFirst()::equals)) { // As always in a queue of one partition.
            switch (outcomes.getFirst()) {
                case PublishOutcome.Refused(Refusal reason) ->
                    throw Failure.of(reason, queue.name()).thrown();
                case PublishOutcome.Unknown(OutcomeUnknownException cause) -> throw cause;
                case PublishOutcome.Appended _, PublishOutcome.TakenBefore _ -> {}
            }
        }
        List<SentMessage> sent =
                outcomes.stream().map(outcome -> sent(queue, outcome)).toList();
        json.answer(response, 201, new Wire.Sent(sent));
    }

    private static SentMessage sent(Queue queue, PublishOutcome outcome) {
        return switch (outcome) {
            case PublishOutcome.Appended(PartitionId partition, Reply.Appended appended) ->
                new SentMessage(
                        Names.of(partition, appended.position()),
                        MessageViews.instant(appended.publishedAtMillis()),
                        appended.duplicate(),
                        null,
                        null);
            case PublishOutcome.Refused(Refusal reason) -> failed(Failure.of(reason, queue.name()));
            case PublishOutcome.Unknown(OutcomeUnknownException cause) ->
                failed(Failure.unknownOutcome(String.valueOf(cause.getMessage())));
            case PublishOutcome.TakenBefore _ -> throw new IllegalStateException("it was not forwarded from anywhere");
        };
    }

    private static SentMessage failed(Failure failure) {
        return new SentMessage(null, null, null, failure.code(), failure.message());
    }

    void receive(String name, ServerRequest request, ServerResponse response)
            throws OutcomeUnknownException, InterruptedException {
        Queue queue = QueueRoutes.find(broker, name);
        Wire.Receive body = json.read(request, Wire.Receive.class);
        int max = body.max() == null ? 1 : body.max();
        if (max < 1 || max > AdminLimits.MESSAGES_PER_REQUEST_MAX) {
            throw Failure.invalid("max is " + max + ", allowed is 1 to " + AdminLimits.MESSAGES_PER_REQUEST_MAX)
                    .thrown();
        }
        Duration wait = body.patience() == null
                ? Duration.ZERO
                : Outgoing.duration("wait", body.patience(), Duration.ZERO, AdminLimits.WAIT_MAX);
        long leaseMillis = body.lease() == null
                ? Command.Acquire.QUEUE_DEFAULT
                : Outgoing.duration("lease", body.lease(), Duration.ZERO, Limits.LEASE_MAX)
                        .toMillis();
        HttpCaller caller = request.context().get(HttpCaller.class).orElseThrow();
        Receive wanted = new Receive(queue.id(), max, leaseMillis);
        Receipt receipt =
                wait.isZero() ? broker.receive(wanted, wait) : caller.awaiting(() -> broker.receive(wanted, wait));
        switch (receipt) {
            case Receipt.Refused(Refusal reason) ->
                throw Failure.of(reason, queue.name()).thrown();
            case Receipt.Received(List<Delivery> deliveries, boolean tooManyInFlight) -> {
                List<MessageView> shown = deliveries.stream().map(views::of).toList();
                if (!deliveries.isEmpty()) {
                    caller.ifNotAnswered(() -> broker.submitAll(Delivery.giveBack(deliveries)));
                }
                if (Boolean.TRUE.equals(body.autoAcknowledge()) && !deliveries.isEmpty() && !caller.isGone()) {
                    List<Command.Acknowledge> done = new ArrayList<>();
                    Delivery.leases(deliveries)
                            .forEach((partition, leases) -> done.add(new Command.Acknowledge(partition, leases, true)));
                    for (Outcome outcome : broker.submitAll(done)) {
                        expect(outcome.known(), Reply.Settled.class, queue);
                    }
                }
                caller.answer(() -> json.answer(response, 200, new Wire.Received(shown, tooManyInFlight)));
            }
        }
    }

    void acknowledge(String name, ServerRequest request, ServerResponse response)
            throws OutcomeUnknownException, InterruptedException {
        settle(
                name,
                request,
                response,
                List.of(),
                (partition, leases, _) -> new Command.Acknowledge(partition, leases, true));
    }

    void release(String name, ServerRequest request, ServerResponse response)
            throws OutcomeUnknownException, InterruptedException {
        settle(name, request, response, List.of("delay"), (partition, leases, body) -> {
            Duration delay = body.delay() == null
                    ? Duration.ZERO
                    : Outgoing.duration("delay", body.delay(), Duration.ZERO, Limits.DELAY_MAX);
            return new Command.Release(partition, leases, delay.toMillis(), true);
        });
    }

    void reject(String name, ServerRequest request, ServerResponse response)
            throws OutcomeUnknownException, InterruptedException {
        settle(name, request, response, List.of(), (partition, leases, _) -> new Command.Reject(partition, leases));
    }

    void extend(String name, ServerRequest request, ServerResponse response)
            throws OutcomeUnknownException, InterruptedException {
        settle(name, request, response, List.of("lease"), (partition, leases, body) -> {
            if (body.lease() == null) {
                throw Failure.invalid("lease is missing: for how long, from now, such as 30s")
                        .thrown();
            }
            long leaseMillis = Outgoing.duration("lease", body.lease(), Duration.ZERO, Limits.LEASE_MAX)
                    .toMillis();
            return new Command.Extend(partition, leases, leaseMillis, false, Limits.LEASE_MAX.toMillis());
        });
    }

    /** Of messages that wait for their time: whatever is ready or held by now stays. */
    void cancel(String name, ServerRequest request, ServerResponse response)
            throws OutcomeUnknownException, InterruptedException {
        Queue queue = QueueRoutes.find(broker, name);
        Wire.Cancel body = json.read(request, Wire.Cancel.class);
        List<QueuePosition> places = new ArrayList<>();
        Map<PartitionId, List<Position>> positions = new LinkedHashMap<>();
        for (String text : atMostAPage("positions", body.positions())) {
            QueuePosition place = Names.position(text == null ? "" : text)
                    .filter(each -> each.partition() < queue.partitions())
                    .orElseThrow(() -> Failure.invalid("position \"" + text + "\" is none of queue \"" + queue.name()
                                    + "\": allowed is what a look at it shows")
                            .thrown());
            places.add(place);
            positions
                    .computeIfAbsent(queue.partition(place.partition()), _ -> new ArrayList<>())
                    .add(place.position());
        }
        List<Command.OfPartition> commands = new ArrayList<>();
        positions.forEach((partition, some) -> commands.add(new Command.Cancel(partition, some)));
        Map<Integer, Iterator<String>> outcomes = new HashMap<>();
        List<Outcome> answers = broker.submitAll(commands);
        for (int i = 0; i < commands.size(); i++) {
            Reply.Settled settled = expect(answers.get(i).known(), Reply.Settled.class, queue);
            outcomes.put(
                    commands.get(i).partition().partition(),
                    settled.outcomes().stream().map(SettingsJson::name).iterator());
        }
        List<String> inOrder = new ArrayList<>();
        for (QueuePosition place : places) {
            inOrder.add(Objects.requireNonNull(outcomes.get(place.partition())).next());
        }
        json.answer(response, 200, new Wire.Settled(inOrder));
    }

    private interface Settling {
        Command.OfPartition command(PartitionId partition, List<LeaseId> leases, Settle body);
    }

    private void settle(
            String name, ServerRequest request, ServerResponse response, List<String> known, Settling settling)
            throws OutcomeUnknownException, InterruptedException {
        Queue queue = QueueRoutes.find(broker, name);
        Settle body = json.read(request, Settle.class);
        if ((body.delay() != null && !known.contains("delay")) || (body.lease() != null && !known.contains("lease"))) {
            throw Failure.invalid("only release takes a delay, and only extend a lease")
                    .thrown();
        }
        List<Names.Token> tokens = new ArrayList<>();
        Map<PartitionId, List<LeaseId>> leases = new LinkedHashMap<>();
        for (String text : atMostAPage("tokens", body.tokens())) {
            Names.Token token = (text == null ? java.util.Optional.<Names.Token>empty() : Names.token(text))
                    .orElseThrow(() -> Failure.invalid(
                                    "token \"" + text + "\" is none: allowed is what a receive answered as token")
                            .thrown());
            if (!queue.has(token.partition())) {
                throw Failure.invalid("token \"" + text + "\" is not of queue \"" + queue.name() + "\", or of an"
                                + " earlier queue of that name")
                        .thrown();
            }
            tokens.add(token);
            leases.computeIfAbsent(token.partition(), _ -> new ArrayList<>()).add(token.lease());
        }
        List<Command.OfPartition> commands = new ArrayList<>();
        leases.forEach((partition, some) -> commands.add(settling.command(partition, some, body)));
        Map<PartitionId, Iterator<String>> outcomes = new HashMap<>();
        List<Outcome> answers = broker.submitAll(commands);
        for (int i = 0; i < commands.size(); i++) {
            Reply.Settled settled = expect(answers.get(i).known(), Reply.Settled.class, queue);
            outcomes.put(
                    commands.get(i).partition(),
                    settled.outcomes().stream().map(SettingsJson::name).iterator());
        }
        List<String> inOrder = new ArrayList<>();
        for (Names.Token token : tokens) {
            inOrder.add(Objects.requireNonNull(outcomes.get(token.partition())).next());
        }
        json.answer(response, 200, new Wire.Settled(inOrder));
    }

    void peek(String name, ServerRequest request, ServerResponse response)
            throws OutcomeUnknownException, InterruptedException {
        Queue queue = QueueRoutes.find(broker, name);
        Query query = new Query(request, "from", "limit", "bodyBytes");
        String fromText = query.text("from", "0:0");
        QueuePosition from = Names.position(fromText).orElseThrow(() -> Failure.invalid(
                        "from is \"" + fromText + "\", allowed is level:offset, such as 0:0, or partition:level:offset")
                .thrown());
        int limit = query.number("limit", 1, AdminLimits.MESSAGES_PER_REQUEST_MAX, 10);
        int bodyBytes = query.number("bodyBytes", 0, Limits.MESSAGE_BYTES_MAX, AdminLimits.PEEK_BODY_BYTES);
        List<PeekedIn> peeked = broker.peek(queue, from, limit);
        List<MessageView> page = new ArrayList<>();
        @Nullable String next = null;
        long shown = 0;
        for (PeekedIn one : peeked) {
            MessageView view = views.of(one, bodyBytes);
            page.add(view);
            shown += Math.min(view.bodyBytes(), bodyBytes);
            if (page.size() == limit || shown >= AdminLimits.PEEK_PAGE_BYTES) {
                next = Names.of(one.place().next());
                break;
            }
        }
        json.answer(response, 200, new PeekPage(page, next));
    }

    private static <T extends @Nullable Object> List<T> atMostAPage(String name, @Nullable List<T> list) {
        int size = list == null ? 0 : list.size();
        if (list == null || size < 1 || size > AdminLimits.MESSAGES_PER_REQUEST_MAX) {
            throw Failure.invalid(name + " has " + size + " elements, allowed is 1 to "
                            + AdminLimits.MESSAGES_PER_REQUEST_MAX)
                    .thrown();
        }
        return list;
    }

    private static <T extends Reply> T expect(Reply reply, Class<T> type, Queue queue) {
        if (reply instanceof Reply.Refused(Refusal reason)) {
            throw Failure.of(reason, queue.name()).thrown();
        }
        return type.cast(reply);
    }
}
