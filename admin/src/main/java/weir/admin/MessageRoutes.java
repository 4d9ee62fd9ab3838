package weir.admin;

import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
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
import weir.core.broker.Broker;
import weir.core.broker.Delivery;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Peeked;
import weir.core.broker.Receipt;
import weir.core.catalog.Queue;
import weir.core.shard.Command;
import weir.core.shard.Refusal;
import weir.core.shard.Reply;
import weir.net.http.HttpCaller;

/** Sending, receiving, settling and looking at messages. */
final class MessageRoutes {
    private final Broker broker;
    private final Json json;
    private final InstantSource clock;

    MessageRoutes(Broker broker, Json json, InstantSource clock) {
        this.broker = broker;
        this.json = json;
        this.clock = clock;
    }

    /** All of the request's messages by one command, so all or none. */
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
        Reply reply = broker.submit(new Command.Publish(queue.partitionOf(null), batches));
        Reply.Published published = expect(reply, Reply.Published.class, queue);
        List<SentMessage> sent = new ArrayList<>();
        for (Reply.Appended appended : published.appended()) {
            String publishedAt =
                    java.time.Instant.ofEpochMilli(appended.publishedAtMillis()).toString();
            sent.add(new SentMessage(Names.of(appended.position()), publishedAt, appended.duplicate()));
        }
        json.answer(response, 201, new Wire.Sent(sent));
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
        PartitionId partition = queue.partitionOf(null);
        HttpCaller caller = request.context().get(HttpCaller.class).orElseThrow();
        var acquire = new Command.Acquire(partition, max, leaseMillis);
        Receipt receipt =
                wait.isZero() ? broker.receive(acquire, wait) : caller.awaiting(() -> broker.receive(acquire, wait));
        switch (receipt) {
            case Receipt.Refused(Refusal reason) ->
                throw Failure.of(reason, queue.name()).thrown();
            case Receipt.Received(List<Delivery> deliveries, boolean tooManyInFlight) -> {
                List<MessageView> views =
                        deliveries.stream().map(MessageViews::of).toList();
                List<LeaseId> leases =
                        deliveries.stream().map(d -> d.leased().lease()).toList();
                if (!leases.isEmpty()) {
                    caller.ifNotAnswered(() -> broker.submit(new Command.Release(partition, leases, 0, false)));
                }
                if (Boolean.TRUE.equals(body.autoAcknowledge()) && !leases.isEmpty() && !caller.isGone()) {
                    Reply reply = broker.submit(new Command.Acknowledge(partition, leases, true));
                    expect(reply, Reply.Settled.class, queue);
                }
                caller.answer(() -> json.answer(response, 200, new Wire.Received(views, tooManyInFlight)));
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
        PartitionId partition = queue.partitionOf(null);
        List<LeaseId> leases = new ArrayList<>();
        for (String text : atMostAPage("tokens", body.tokens())) {
            Names.Token token = (text == null ? java.util.Optional.<Names.Token>empty() : Names.token(text))
                    .orElseThrow(() -> Failure.invalid(
                                    "token \"" + text + "\" is none: allowed is what a receive answered as token")
                            .thrown());
            if (!token.partition().equals(partition)) {
                throw Failure.invalid("token \"" + text + "\" is not of queue \"" + queue.name() + "\", or of an"
                                + " earlier queue of that name")
                        .thrown();
            }
            leases.add(token.lease());
        }
        Reply reply = broker.submit(settling.command(partition, leases, body));
        List<String> outcomes = expect(reply, Reply.Settled.class, queue).outcomes().stream()
                .map(SettingsJson::name)
                .toList();
        json.answer(response, 200, new Wire.Settled(outcomes));
    }

    void peek(String name, ServerRequest request, ServerResponse response)
            throws OutcomeUnknownException, InterruptedException {
        Queue queue = QueueRoutes.find(broker, name);
        Query query = new Query(request, "from", "limit", "bodyBytes");
        String fromText = query.text("from", "0:0");
        Position from = Names.position(fromText)
                .orElseThrow(() -> Failure.invalid("from is \"" + fromText + "\", allowed is level:offset, such as 0:0")
                        .thrown());
        int limit = query.number("limit", 1, AdminLimits.MESSAGES_PER_REQUEST_MAX, 10);
        int bodyBytes = query.number("bodyBytes", 0, Limits.MESSAGE_BYTES_MAX, AdminLimits.PEEK_BODY_BYTES);
        List<Peeked> peeked = broker.peek(queue.partitionOf(null), from, limit);
        List<MessageView> views = new ArrayList<>();
        @Nullable String next = null;
        long shown = 0;
        for (Peeked one : peeked) {
            MessageView view = MessageViews.of(one, bodyBytes);
            views.add(view);
            shown += Math.min(view.bodyBytes(), bodyBytes);
            if (views.size() == limit || shown >= AdminLimits.PEEK_PAGE_BYTES) {
                Position last = one.position();
                next = Names.of(new Position(last.level(), last.offset() + 1));
                break;
            }
        }
        json.answer(response, 200, new PeekPage(views, next));
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
