package weir.junit;

import java.net.URI;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import weir.embedded.WeirServer;

/**
 * Gives tests a server, and empties it after each of them.
 *
 * <p>One server for each test class:
 *
 * <pre>{@code
 * @ExtendWith(WeirExtension.class)
 * class OrdersTest {
 *     @Test
 *     void anOrderIsSent(WeirServer weir) { ... weir.sqsEndpoint() ... }
 * }
 * }</pre>
 *
 * <p>or, with options and without parameters:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final WeirExtension WEIR = new WeirExtension().with(server -> server.region("eu-west-1"));
 * }</pre>
 *
 * <p>{@link #shared()} is one server for all test classes that use it. A parameter of type {@link WeirServer} is the
 * server, one of type {@link URI} its SQS endpoint. Tests that run side by side on one server should use queues of their
 * own and {@link #keepBetweenTests()}.
 */
public final class WeirExtension
        implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback, ParameterResolver {
    /** It ends with the program, as every embedded server does that nobody closes. */
    private static final class Shared {
        private static final WeirServer SERVER = WeirServer.start();
    }

    private final boolean shared;
    private UnaryOperator<WeirServer.Builder> options = UnaryOperator.identity();
    private boolean reset = true;

    /** Guarded by this, as is depth: JUnit may run nested classes side by side. */
    private @Nullable WeirServer server;
    /** Classes, one nested in the other, and if need be the test, that are using the server. */
    private int depth;

    /** A server of its own for each test class; or for each test, where the extension is registered on an instance. */
    public WeirExtension() {
        this(false);
    }

    private WeirExtension(boolean shared) {
        this.shared = shared;
    }

    /** One server for all classes that ask for this, started when the first of them begins. Its options are the usual. */
    public static WeirExtension shared() {
        return new WeirExtension(true);
    }

    /** Starts the server with options. */
    public WeirExtension with(UnaryOperator<WeirServer.Builder> newOptions) {
        if (shared) {
            throw new IllegalStateException("a shared server has no options of one class's own");
        }
        options = newOptions;
        return this;
    }

    /** Leaves what a test made to the next one. */
    public WeirExtension keepBetweenTests() {
        reset = false;
        return this;
    }

    /** The server; there is one while a test class runs. */
    public synchronized WeirServer server() {
        if (server == null) {
            throw new IllegalStateException("no test is running; the server is there from @BeforeAll to @AfterAll, if"
                    + " the extension is registered on a static field or by @ExtendWith");
        }
        return server;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        enter();
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        enter(); // Not the first to do so, unless the extension is registered on an instance.
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (reset && outlivesTheTest()) {
            server().reset();
        }
        leave();
    }

    private synchronized boolean outlivesTheTest() {
        return shared || depth > 1;
    }

    @Override
    public void afterAll(ExtensionContext context) {
        leave();
    }

    private synchronized void enter() {
        if (depth == 0) {
            server =
                    shared ? Shared.SERVER : options.apply(WeirServer.builder()).start();
        }
        depth++;
    }

    private synchronized void leave() {
        depth--;
        if (depth == 0 && server != null) {
            if (!shared) {
                server.close();
            }
            server = null;
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == WeirServer.class || type == URI.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == URI.class ? server().sqsEndpoint() : server();
    }
}
