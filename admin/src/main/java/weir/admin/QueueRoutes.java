package weir.admin;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import weir.admin.Wire.Counters;
import weir.admin.Wire.QueuePage;
import weir.admin.Wire.QueueView;
import weir.admin.Wire.Sides;
import weir.core.DeadLetterPolicy;
import weir.core.Limits;
import weir.core.QueueSettings;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogRefusal;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Queue;
import weir.core.shard.Reply;

/** Definitions of queues, their counters, purge, pause. */
final class QueueRoutes {
    private final Broker broker;
    private final Json json;

    QueueRoutes(Broker broker, Json json) {
        this.broker = broker;
        this.json = json;
    }

    void list(ServerRequest request, ServerResponse response) throws OutcomeUnknownException, InterruptedException {
        Query query = new Query(request, "prefix", "after", "limit", "counters");
        int limit = query.number("limit", 1, AdminLimits.QUEUES_PER_PAGE_MAX, AdminLimits.QUEUES_PER_PAGE);
        boolean counters = query.truth("counters", true);
        List<Queue> queues = broker.list(query.text("prefix", ""), query.text("after", ""), limit);
        List<QueueView> views = new ArrayList<>(queues.size());
        for (Queue queue : queues) {
            views.add(view(queue, counters));
        }
        @Nullable String next = queues.size() < limit ? null : queues.getLast().name();
        json.answer(response, 200, new QueuePage(views, next));
    }

    void create(ServerRequest request, ServerResponse response) throws OutcomeUnknownException, InterruptedException {
        Wire.CreateQueue body = json.read(request, Wire.CreateQueue.class);
        String name = checkedName(body.name());
        QueueSettings settings = settings(body.settings(), QueueSettings.DEFAULT, name);
        int partitions = body.partitions() == null ? 1 : body.partitions();
        if (partitions < 1 || partitions > Limits.PARTITIONS_MAX) {
            throw Failure.invalid("partitions is " + partitions + ", allowed is 1 to " + Limits.PARTITIONS_MAX)
                    .thrown();
        }
        switch (broker.change(new CatalogCommand.CreateQueue(name, settings, new TreeMap<>(), 0, partitions))) {
            case CatalogReply.Created(Queue queue, boolean existed) -> {
                List<String> differences = new ArrayList<>(SettingsJson.differences(settings, queue.settings()));
                if (partitions != queue.partitions()) {
                    differences.add("number of partitions");
                }
                if (existed && !differences.isEmpty()) {
                    throw new Failure(
                                    409,
                                    "QUEUE_EXISTS",
                                    "there is a queue \"" + name + "\" with another " + String.join(", ", differences)
                                            + "; change it with PATCH, or choose another name")
                            .thrown();
                }
                response.header(
                        HeaderNames.LOCATION,
                        QueueApi.PATH + "/"
                                + URLEncoder.encode(name, StandardCharsets.UTF_8)
                                        .replace("+", "%20"));
                json.answer(response, existed ? 200 : 201, view(queue, true));
            }
            case CatalogReply.Refused(CatalogRefusal reason) ->
                throw Failure.of(reason, name).thrown();
            case CatalogReply.Updated _, CatalogReply.Deleted _, CatalogReply.Defined _, CatalogReply.Undefined _ ->
                throw new IllegalStateException("not an answer to a creation");
        }
    }

    void describe(String name, ServerResponse response) throws OutcomeUnknownException, InterruptedException {
        json.answer(response, 200, view(find(broker, name), true));
    }

    void update(String name, ServerRequest request, ServerResponse response)
            throws OutcomeUnknownException, InterruptedException {
        Wire.UpdateQueue body = json.read(request, Wire.UpdateQueue.class);
        Queue queue = change(name, body.revision(), was -> settings(body.settings(), was, name));
        json.answer(response, 200, view(queue, true));
    }

    void setPaused(String name, ServerRequest request, ServerResponse response, boolean paused)
            throws OutcomeUnknownException, InterruptedException {
        Sides sides = json.read(request, Sides.class);
        boolean both = sides.publish() == null && sides.delivery() == null;
        boolean publish = both || Boolean.TRUE.equals(sides.publish());
        boolean delivery = both || Boolean.TRUE.equals(sides.delivery());
        Queue queue = change(name, null, was -> was.change()
                .publishPaused(publish ? paused : was.publishPaused())
                .deliveryPaused(delivery ? paused : was.deliveryPaused())
                .build());
        json.answer(response, 200, view(queue, true));
    }

    void delete(String name, ServerResponse response) throws OutcomeUnknownException, InterruptedException {
        switch (broker.change(new CatalogCommand.DeleteQueue(name))) {
            case CatalogReply.Deleted _ -> response.status(204).send();
            case CatalogReply.Refused(CatalogRefusal reason) ->
                throw Failure.of(reason, name).thrown();
            case CatalogReply.Created _, CatalogReply.Updated _, CatalogReply.Defined _, CatalogReply.Undefined _ ->
                throw new IllegalStateException("not an answer to a deletion");
        }
    }

    void purge(String name, ServerResponse response) throws OutcomeUnknownException, InterruptedException {
        Queue queue = find(broker, name);
        if (broker.purge(queue, 0) instanceof Reply.Refused(var reason)) {
            throw Failure.of(reason, queue.name()).thrown();
        }
        response.status(204).send();
    }

    /** Reads, changes and writes back, again if another change came in between and the caller named no revision. */
    private Queue change(String name, @Nullable Long revision, UnaryOperator<QueueSettings> change)
            throws OutcomeUnknownException, InterruptedException {
        for (int tries = 0; tries < AdminLimits.CHANGE_TRIES; tries++) {
            Queue queue = broker.find(name)
                    .orElseThrow(() -> Failure.noSuchQueue(name).thrown());
            if (revision != null && revision != queue.revision()) {
                break;
            }
            QueueSettings settings = change.apply(queue.settings());
            if (settings.equals(queue.settings())) {
                return queue;
            }
            switch (broker.change(new CatalogCommand.UpdateQueue(name, queue.revision(), settings, queue.labels()))) {
                case CatalogReply.Updated(Queue updated) -> {
                    return updated;
                }
                case CatalogReply.Refused(CatalogRefusal reason) -> {
                    if (reason != CatalogRefusal.CHANGED || revision != null) {
                        throw Failure.of(reason, name).thrown();
                    }
                }
                case CatalogReply.Created _, CatalogReply.Deleted _, CatalogReply.Defined _, CatalogReply.Undefined _ ->
                    throw new IllegalStateException("not an answer to an update");
            }
        }
        throw Failure.of(CatalogRefusal.CHANGED, name).thrown();
    }

    private QueueSettings settings(@Nullable JsonNode changes, QueueSettings base, String name) {
        if (changes == null || changes.isNull()) {
            return base;
        }
        QueueSettings settings = SettingsJson.read(changes, base);
        DeadLetterPolicy policy = settings.deadLetter();
        if (policy != null && !policy.equals(base.deadLetter())) {
            if (policy.queue().equals(name)) {
                throw Failure.invalid("settings.deadLetter.queue is the queue itself, allowed is another")
                        .thrown();
            }
            if (broker.find(policy.queue()).isEmpty()) {
                throw Failure.invalid("settings.deadLetter.queue is \"" + policy.queue()
                                + "\", which does not exist; create it first")
                        .thrown();
            }
        }
        return settings;
    }

    private QueueView view(Queue queue, boolean withCounters) throws OutcomeUnknownException, InterruptedException {
        return new QueueView(
                queue.name(),
                queue.id(),
                queue.shard(),
                queue.partitions(),
                queue.revision(),
                Instant.ofEpochMilli(queue.createdAtMillis()).toString(),
                Instant.ofEpochMilli(queue.modifiedAtMillis()).toString(),
                withCounters ? counters(queue) : null,
                SettingsJson.write(queue.settings()),
                queue.labels());
    }

    private @Nullable Counters counters(Queue queue) throws OutcomeUnknownException, InterruptedException {
        return broker.status(queue)
                .map(status -> new Counters(
                        status.ready(),
                        status.delayed(),
                        status.leased(),
                        status.departing(),
                        status.bytes(),
                        MessageViews.instant(status.oldestAtMillis())))
                .orElse(null);
    }

    static Queue find(Broker broker, String name) throws OutcomeUnknownException, InterruptedException {
        return broker.findAnywhere(name)
                .orElseThrow(() -> Failure.noSuchQueue(name).thrown());
    }

    static String checkedName(@Nullable String name) {
        if (name == null || name.isBlank() || name.length() > Limits.QUEUE_NAME_CHARS_MAX) {
            throw Failure.invalid("name has " + (name == null ? 0 : name.length()) + " characters, allowed is 1 to "
                            + Limits.QUEUE_NAME_CHARS_MAX)
                    .thrown();
        }
        if (name.codePoints().anyMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE)) {
            throw Failure.invalid("name has a control character, allowed is printable text")
                    .thrown();
        }
        return name;
    }
}
