package weir.admin;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderValues;
import io.helidon.http.media.MediaContext;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.cluster.ClusterControl;
import weir.core.codec.Formats;
import weir.net.http.HttpCaller;
import weir.net.http.RequestDeadlines;

/** Listens for admin requests from its construction until it is closed. */
public final class AdminServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);

    private final WebServer server;
    private final RequestDeadlines deadlines;
    private final Thread watchdog;
    private final Json json;
    private final BrowserGuard guard;
    private final Broker broker;
    private final MessageViews views;
    private final AdminSettings settings;
    private final InstantSource clock;
    private final @Nullable TestControls tests;
    private final @Nullable ClusterControl cluster;
    private final BooleanSupplier ready;
    private final @Nullable RabbitApi rabbit;

    /**
     * @param formats of all fronts, so that messages can be shown
     * @param clock the one that the broker goes by
     * @param tests null if this server is not for tests
     * @param cluster null if this server is alone
     * @param ready asked at {@code /health/ready}: whether requests can be served now
     * @param rabbit null if this server does not serve RabbitMQ's clients
     * @throws IllegalStateException if the port cannot be listened on
     */
    public AdminServer(
            Broker broker,
            Formats formats,
            AdminSettings settings,
            InstantSource clock,
            @Nullable TestControls tests,
            @Nullable ClusterControl cluster,
            BooleanSupplier ready,
            @Nullable RabbitApi rabbit) {
        this(broker, formats, settings, clock, tests, cluster, ready, rabbit, AdminLimits.REQUEST_TIME);
    }

    /** @param requestTime as {@link AdminLimits#REQUEST_TIME}, which a test does not want to sit out */
    AdminServer(
            Broker broker,
            Formats formats,
            AdminSettings settings,
            InstantSource clock,
            @Nullable TestControls tests,
            @Nullable ClusterControl cluster,
            BooleanSupplier ready,
            @Nullable RabbitApi rabbit,
            Duration requestTime) {
        this.broker = broker;
        this.views = new MessageViews(formats);
        this.settings = settings;
        this.clock = clock;
        this.tests = tests;
        this.cluster = cluster;
        this.ready = ready;
        this.rabbit = rabbit;
        deadlines = new RequestDeadlines(requestTime);
        json = new Json(deadlines);
        guard = new BrowserGuard(settings.host());
        server = WebServer.builder()
                .host(settings.host())
                .port(settings.port())
                .shutdownHook(false) // The order of stopping is the wiring's business.
                .featuresDiscoverServices(false)
                .mediaContext(MediaContext.builder()
                        .mediaSupportsDiscoverServices(false)
                        .build())
                .maxPayloadSize(AdminLimits.BODY_BYTES_MAX)
                .maxTcpConnections(AdminLimits.CONNECTIONS_MAX)
                .idleConnectionTimeout(AdminLimits.IDLE_TIMEOUT)
                .protocolsDiscoverServices(false)
                .addProtocol(Http1Config.builder().addReceiveListener(deadlines).build())
                .directHandlers(directHandlers())
                .routing(this::routing)
                .build()
                .start();
        if (!server.isRunning()) { // Helidon logs why, but returns as if nothing had happened.
            throw new IllegalStateException("cannot listen on " + settings.host() + ":" + settings.port());
        }
        watchdog = Thread.ofVirtual().name("admin-deadlines").start(deadlines);
    }

    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        watchdog.interrupt();
        server.stop();
    }

    private void routing(HttpRouting.Builder routing) {
        QueueApi queues = new QueueApi(new QueueRoutes(broker, json), new MessageRoutes(broker, views, json, clock));
        // Keys end by the world's clock, as signatures do, even where tests have moved this server's.
        UserApi users = new UserApi(new UserRoutes(broker, json, settings.account(), InstantSource.system()));
        RabbitRoutes rabbits = new RabbitRoutes(rabbit, json);
        ClusterApi clusters = new ClusterApi(new ClusterRoutes(cluster, json));
        routing.addFilter(this::serve)
                .addFilter((chain, request, response) -> {
                    Optional<Failure> refusal = guard.refusal(request);
                    if (refusal.isPresent()) {
                        json.fail(response, refusal.get());
                    } else {
                        chain.proceed();
                    }
                })
                .any(QueueApi.PATH, queues)
                .any(QueueApi.PATH + "/*", queues)
                .register(TestingRoutes.PATH, new TestingRoutes(tests, json))
                .any(UserApi.PATH, users)
                .any(UserApi.PATH + "/*", users)
                .any(ClusterApi.PATH, clusters)
                .any(ClusterApi.PATH + "/*", clusters)
                .any(RabbitRoutes.PATH, rabbits)
                .any(RabbitRoutes.PATH + "/*", rabbits)
                .get("/api/v1/version", this::version)
                .get("/health/live", (_, response) -> json.answer(response, 200, new Wire.Health("live")))
                .get("/health/ready", this::ready)
                .any((request, _) -> {
                    throw Failure.notFound(
                                    "there is no " + request.prologue().method().text() + " "
                                            + request.path().path())
                            .thrown();
                })
                .error(Failure.Thrown.class, (_, response, thrown) -> json.fail(response, thrown.failure()))
                .error(
                        OutcomeUnknownException.class,
                        (_, response, unknown) ->
                                json.fail(response, Failure.unknownOutcome(String.valueOf(unknown.getMessage()))))
                .error(InterruptedException.class, (_, response, _) -> {
                    Thread.currentThread().interrupt();
                    json.fail(response, Failure.unknownOutcome("the server is stopping"));
                });
    }

    /** Whatever becomes of a request happens within: what is refused is answered further in. */
    private void serve(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        HttpCaller caller = new HttpCaller(deadlines.connection());
        request.context().register(caller);
        if (!request.content().hasEntity()) {
            deadlines.requestIsWhole();
        }
        try {
            chain.proceed();
        } finally {
            deadlines.done();
        }
        if (request.headers().containsToken(HeaderValues.CONNECTION_CLOSE)) {
            throw new CloseConnectionException("this was the last request"); // Helidon would leave it to the client.
        }
        caller.awaitNextRequest();
    }

    private void version(ServerRequest request, ServerResponse response) {
        json.answer(
                response,
                200,
                new Wire.Version(settings.version(), Runtime.version().toString()));
    }

    private void ready(ServerRequest request, ServerResponse response) {
        boolean isReady = ready.getAsBoolean();
        json.answer(response, isReady ? 200 : 503, new Wire.Health(isReady ? "ready" : "starting"));
    }

    /** What Helidon answers itself, where no route was reached or one failed unexpectedly, in our form. */
    private DirectHandlers directHandlers() {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
            handlers.addHandler(type, new InOurForm());
        }
        return handlers.build();
    }

    private final class InOurForm implements DirectHandler {
        @Override
        public TransportResponse handle(
                TransportRequest request,
                EventType type,
                io.helidon.http.Status status,
                io.helidon.http.ServerResponseHeaders headers,
                Throwable thrown,
                System.Logger logger) {
            if (status.code() >= 500) {
                LOG.error("{} {} failed", request.method(), request.path(), thrown);
            }
            return handle(request, type, status, headers, String.valueOf(thrown.getMessage()));
        }

        @Override
        public TransportResponse handle(
                TransportRequest request,
                EventType type,
                io.helidon.http.Status status,
                io.helidon.http.ServerResponseHeaders headers,
                String message) {
            Failure failure =
                    switch (status.code()) {
                        case 413 ->
                            new Failure(
                                    413,
                                    "REQUEST_TOO_LARGE",
                                    "the body is larger than " + AdminLimits.BODY_BYTES_MAX + " bytes; send fewer"
                                            + " messages at once");
                        case 500 -> new Failure(500, "INTERNAL_ERROR", "the server failed; its log has the reason");
                        default -> new Failure(status.code(), "BAD_REQUEST", message);
                    };
            return TransportResponse.builder()
                    .status(status)
                    .headers(headers)
                    .header(HeaderValues.CONTENT_TYPE_JSON)
                    .entity(json.failureBytes(failure))
                    .build();
        }
    }
}
