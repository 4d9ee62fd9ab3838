package weir.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import weir.core.broker.OutcomeUnknownException;
import weir.server.config.ConfigException;
import weir.server.config.ConfigReader;
import weir.server.config.WeirConfig;

/**
 * A server within this program.
 *
 * <pre>{@code
 * try (WeirServer weir = WeirServer.start()) {
 *     SqsClient sqs = SqsClient.builder().endpointOverride(weir.sqsEndpoint())...
 * }
 * }</pre>
 *
 * <p>Any access key, secret and region will do. Safe for use by any number of threads; any number of servers may run in
 * one program.
 */
public final class WeirServer implements AutoCloseable {
    private final weir.server.WeirServer server;
    private final WeirConfig config;
    private final Optional<TemporaryDirectory> temporary;

    private WeirServer(weir.server.WeirServer server, WeirConfig config, Optional<TemporaryDirectory> temporary) {
        this.server = server;
        this.config = config;
        this.temporary = temporary;
    }

    /** Starts a server on free ports, with nothing in it; it answers when this returns, and leaves nothing behind. */
    public static WeirServer start() {
        return builder().start();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** What a server is started with. Whatever is not said is as {@link #start()} has it. */
    public static final class Builder {
        private final Map<String, String> variables = new TreeMap<>(Map.of(
                "WEIR_SQS_PORT", "0",
                "WEIR_AMQP_PORT", "0",
                "WEIR_KAFKA_PORT", "0",
                "WEIR_ADMIN_PORT", "0",
                "WEIR_SQS_DELETE_REST", "0s", // Tests use a name again and again.
                "WEIR_SQS_PURGE_REST", "0s",
                "WEIR_SHARDS", "1", // Shards are for throughput; one takes the least memory and starts the soonest.
                "WEIR_TESTING_ENABLED", "true"));

        private Builder() {}

        /** Keeps the data there, where the next server finds it again, rather than in a directory that is deleted. */
        public Builder data(Path directory) {
            return set("WEIR_DATA", directory.toString());
        }

        /** Instead of any free one. */
        public Builder sqsPort(int port) {
            return set("WEIR_SQS_PORT", Integer.toString(port));
        }

        /** Instead of any free one. */
        public Builder amqpPort(int port) {
            return set("WEIR_AMQP_PORT", Integer.toString(port));
        }

        /** Instead of any free one. */
        public Builder adminPort(int port) {
            return set("WEIR_ADMIN_PORT", Integer.toString(port));
        }

        /** The region in ARNs; {@code us-east-1} unless set. Clients may name any. */
        public Builder region(String region) {
            return set("WEIR_SQS_REGION", region);
        }

        /** The twelve digits in ARNs and queue URLs; {@code 000000000000} unless set. */
        public Builder account(String account) {
            return set("WEIR_SQS_ACCOUNT", account);
        }

        /** Any other setting, by its variable: {@code weir server --settings} lists them. */
        public Builder set(String variable, String value) {
            variables.put(variable, value);
            return this;
        }

        /**
         * Starts it; it answers when this returns.
         *
         * @throws IllegalArgumentException if a setting cannot be used: its message says which, and what is allowed
         * @throws UncheckedIOException if the data cannot be read or written
         */
        public WeirServer start() {
            Quiet.helidon();
            Optional<TemporaryDirectory> temporary =
                    variables.containsKey("WEIR_DATA") ? Optional.empty() : Optional.of(TemporaryDirectory.create());
            boolean started = false;
            try {
                Map<String, String> all = new TreeMap<>(variables);
                temporary.ifPresent(
                        directory -> all.put("WEIR_DATA", directory.path().toString()));
                WeirConfig config = ConfigReader.read(null, all);
                weir.server.WeirServer server = weir.server.WeirServer.start(config);
                temporary.ifPresent(directory -> directory.usedBy(server::close));
                started = true;
                return new WeirServer(server, config, temporary);
            } catch (ConfigException e) {
                throw new IllegalArgumentException(e.getMessage(), e);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                throw interrupted(e);
            } finally {
                if (!started) {
                    temporary.ifPresent(TemporaryDirectory::close);
                }
            }
        }
    }

    /** Where SQS clients go: {@code endpointOverride} of AWS's SDK. */
    public URI sqsEndpoint() {
        return address(config.sqs().host(), server.sqsPort());
    }

    /** Where RabbitMQ's clients go, as {@code guest} with the password {@code guest}: {@code setPort} of a connection factory. */
    public int amqpPort() {
        return server.amqpPort();
    }

    /** Where RabbitMQ's management API is, for the same users. */
    public URI managementEndpoint() {
        return address(config.host(), server.managementPort());
    }

    /** Where the admin API is, e.g. for a look into a queue. */
    public URI adminEndpoint() {
        return address(config.host(), server.adminPort());
    }

    private static URI address(String host, int port) {
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port);
    }

    /** The region in ARNs. */
    public String region() {
        return config.sqs().region();
    }

    /** The account in ARNs and queue URLs. */
    public String account() {
        return config.sqs().account();
    }

    /** The server's time: the system's, and as much as it was advanced. */
    public Instant now() {
        return server.tests().now();
    }

    /**
     * Moves the server's time on: visibility timeouts, delays, retention and deduplication run out. What becomes due by
     * that has happened when this returns; receivers that wait are given what became ready.
     *
     * @param by at least a millisecond; the clock never goes back
     */
    public void advance(Duration by) {
        try {
            server.tests().advance(by);
        } catch (OutcomeUnknownException e) {
            throw new IllegalStateException("the clock was moved, but not everything due has happened yet", e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /**
     * Deletes everything: queues with their messages, topics, users. The clock stays where it is, unless there is a time for
     * which names rest: it moves on by that.
     */
    public void reset() {
        try {
            server.tests().reset();
        } catch (OutcomeUnknownException e) {
            throw new IllegalStateException("not everything was deleted", e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Stops it, and deletes its temporary directory. */
    @Override
    public void close() {
        server.close();
        temporary.ifPresent(TemporaryDirectory::close);
    }

    private static IllegalStateException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted", cause);
    }
}
