package weir.sqs;

import io.helidon.http.HttpLogConfig;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import weir.core.broker.Broker;
import weir.core.codec.Formats;
import weir.net.http.RequestDeadlines;
import weir.sqs.action.Actions;
import weir.sqs.action.MessageIds;
import weir.sqs.action.PolicyQueueAccess;
import weir.sqs.action.QueueNames;
import weir.sqs.auth.AuthMode;
import weir.sqs.auth.Authenticator;
import weir.sqs.auth.CatalogKeys;
import weir.sqs.move.MoveTaskBook;
import weir.sqs.move.Mover;
import weir.sqs.policy.Policies;
import weir.sqs.sns.Sns;
import weir.sqs.sns.delivery.DeliveryCounts;
import weir.sqs.sns.delivery.QueueAccess;
import weir.sqs.wire.Service;

/** Serves SQS, and SNS, on one port until it is closed. */
public final class SqsServer implements AutoCloseable {
    /** What signatures may be meant for; the first is named to whoever means another. */
    private static final List<String> SERVICES = List.of(Service.SQS.signingName(), Service.SNS.signingName());

    private final WebServer web;
    private final Mover mover;
    private final Thread watchdog;
    private final Sns sns;

    private SqsServer(WebServer web, Mover mover, Thread watchdog, Sns sns) {
        this.mover = mover;
        this.web = web;
        this.watchdog = watchdog;
        this.sns = sns;
    }

    /** @throws RuntimeException if the port cannot be had */
    public static SqsServer start(SqsSettings settings, Broker broker, InstantSource clock) {
        return start(settings, broker, Formats.PLAIN, clock, clock, SqsLimits.REQUEST_TIME);
    }

    /**
     * The same.
     *
     * @param formats of all fronts
     * @param signatureClock what the time of a signature is held against
     */
    public static SqsServer start(
            SqsSettings settings, Broker broker, Formats formats, InstantSource clock, InstantSource signatureClock) {
        return start(settings, broker, formats, clock, signatureClock, SqsLimits.REQUEST_TIME);
    }

    /** @param requestTime as {@link SqsLimits#REQUEST_TIME}, which a test does not want to sit out */
    static SqsServer start(
            SqsSettings settings,
            Broker broker,
            Formats formats,
            InstantSource clock,
            InstantSource signatureClock,
            Duration requestTime) {
        var names = new QueueNames(settings.region(), settings.account());
        var mover = new Mover(broker, new MoveTaskBook(broker));
        var deadlines = new RequestDeadlines(requestTime);
        var bodies = new BodyReader(Runtime.getRuntime().maxMemory() / SqsLimits.BODY_PART_OF_HEAP);
        var policies = new Policies();
        var ids = new MessageIds(settings.cluster());
        QueueAccess queueAccess =
                settings.auth() == AuthMode.OFF ? QueueAccess.ALWAYS : new PolicyQueueAccess(names, policies, clock);
        var sns = new Sns(broker, names, ids, clock, policies, queueAccess, settings.snsHttp());
        var actions = new Actions(broker, formats, names, settings.cluster(), settings.rests(), policies, mover, clock);
        var authenticator = new Authenticator(settings.auth(), new CatalogKeys(broker), signatureClock, SERVICES);
        var identities = new Identities(authenticator, settings.account());
        var developers = new DeveloperEndpoint(names, settings.auth());
        var handler = new SqsHandler(actions, sns, identities, bodies, deadlines, developers);
        WebServer web = WebServer.builder()
                .host(settings.host())
                .port(settings.port())
                .shutdownHook(false)
                .featuresDiscoverServices(false)
                .protocolsDiscoverServices(false)
                .addProtocol(http(deadlines))
                .maxPayloadSize(SqsLimits.REQUEST_BYTES)
                .maxTcpConnections(settings.connectionsMax())
                .idleConnectionTimeout(SqsLimits.IDLE_TIME)
                .idleConnectionPeriod(SqsLimits.IDLE_PERIOD)
                .shutdownGracePeriod(SqsLimits.STOP_TIME)
                .connectionOptions(options -> options.tcpNoDelay(true))
                .directHandlers(ProtocolErrors.handlers())
                .routing(HttpRouting.builder().any(handler))
                .build();
        web.start();
        sns.start();
        mover.start();
        return new SqsServer(
                web, mover, Thread.ofVirtual().name("sqs-deadlines").start(deadlines), sns);
    }

    private static Http1Config http(RequestDeadlines deadlines) {
        return Http1Config.builder()
                .maxPrologueLength(SqsLimits.FIRST_LINE_BYTES)
                .maxHeadersSize(SqsLimits.HEADER_BYTES)
                .validatePrologue(false) // The decoder of the query says what is wrong with it.
                .sendKeepAliveHeader(false) // Every HTTP/1.1 client knows.
                .log(HttpLogConfig.builder().receiveLog(false).sendLog(false).build())
                .addReceiveListener(deadlines)
                .build();
    }

    public int port() {
        return web.port();
    }

    /** What became of messages that SNS delivered. */
    public DeliveryCounts snsCounts() {
        return sns.counts();
    }

    /** Ends receives that wait; requests under way have a moment to finish. */
    @Override
    public void close() {
        watchdog.interrupt();
        mover.close();
        web.stop();
        sns.close();
    }
}
