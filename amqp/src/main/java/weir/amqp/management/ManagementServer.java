package weir.amqp.management;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.http.media.MediaContext;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http1.Http1Config;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.net.http.RequestDeadlines;

/** Serves the management API over HTTP on one port until it is closed. */
public final class ManagementServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ManagementServer.class);

    private final WebServer server;
    private final Thread watchdog;
    private final Thread rates;

    private ManagementServer(WebServer server, Thread watchdog, Thread rates) {
        this.server = server;
        this.watchdog = watchdog;
        this.rates = rates;
    }

    /** @throws IOException if the port cannot be had */
    public static ManagementServer start(Management management, ManagementApi api) throws IOException {
        ManagementSettings settings = management.settings();
        RequestDeadlines deadlines = new RequestDeadlines(ManagementLimits.REQUEST_TIME);
        Callers callers = new Callers(
                management.topology().users(), management.front().settings().auth());
        Dispatcher dispatcher = new Dispatcher(api, callers, deadlines);
        WebServer server = WebServer.builder()
                .host(settings.host())
                .port(settings.port())
                .shutdownHook(false) // The order of stopping is the wiring's business.
                .featuresDiscoverServices(false)
                .mediaContext(MediaContext.builder()
                        .mediaSupportsDiscoverServices(false)
                        .build())
                .maxPayloadSize(ManagementLimits.BODY_BYTES_MAX)
                .maxTcpConnections(ManagementLimits.CONNECTIONS_MAX)
                .idleConnectionTimeout(ManagementLimits.IDLE_TIMEOUT)
                .protocolsDiscoverServices(false)
                .addProtocol(Http1Config.builder().addReceiveListener(deadlines).build())
                .directHandlers(directHandlers())
                .routing(HttpRouting.builder()
                        .addFilter((chain, request, _) -> serve(deadlines, chain, request))
                        .any(dispatcher::handle))
                .build()
                .start();
        if (!server.isRunning()) { // Helidon logs why, but returns as if nothing had happened.
            throw new IOException("cannot listen on " + settings.host() + ":" + settings.port());
        }
        management.listeners().opened(server.port());
        return new ManagementServer(
                server,
                Thread.ofVirtual().name("management-deadlines").start(deadlines),
                Thread.ofVirtual().name("management-rates").start(() -> lookAtRates(management)));
    }

    private static void lookAtRates(Management management) {
        try {
            while (true) {
                Thread.sleep(ManagementLimits.RATES_OVER);
                management.sessions().lookAtRates();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The server is stopping.
        }
    }

    private static void serve(RequestDeadlines deadlines, FilterChain chain, RoutingRequest request) {
        try {
            chain.proceed();
        } finally {
            deadlines.done();
        }
        if (request.headers().containsToken(HeaderValues.CONNECTION_CLOSE)) {
            throw new CloseConnectionException("this was the last request"); // Helidon would leave it to the client.
        }
    }

    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        watchdog.interrupt();
        rates.interrupt();
        server.stop();
    }

    /** What Helidon answers itself, where no route was reached or one failed unexpectedly, in RabbitMQ's form. */
    private static DirectHandlers directHandlers() {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
            handlers.addHandler(type, new InRabbitForm());
        }
        return handlers.build();
    }

    private static final class InRabbitForm implements DirectHandler {
        @Override
        public TransportResponse handle(
                TransportRequest request,
                EventType type,
                Status status,
                ServerResponseHeaders headers,
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
                Status status,
                ServerResponseHeaders headers,
                String message) {
            Failure failure =
                    switch (status.code()) {
                        case 413 -> Failure.badRequest("Exceeded HTTP request body size limit");
                        case 500 ->
                            new Failure(500, "internal_server_error", "the server failed; its log has the reason");
                        default -> new Failure(status.code(), "bad_request", message);
                    };
            return TransportResponse.builder()
                    .status(status.code() == 413 ? Status.BAD_REQUEST_400 : status)
                    .headers(headers)
                    .header(HeaderValues.CONTENT_TYPE_JSON)
                    .entity(Json.bytes(failure.facts()))
                    .build();
        }
    }
}
