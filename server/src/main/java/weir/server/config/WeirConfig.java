package weir.server.config;

import java.nio.file.Path;
import java.time.Duration;
import weir.sqs.auth.AuthMode;

/**
 * What a server is told at its start.
 *
 * @param data the data directory; one server at a time
 * @param host where every port listens that has no other; loopback only, as the admin API asks nobody who he is
 * @param shards fixed when the data directory is created
 */
public record WeirConfig(
        Path data, String host, int shards, Sqs sqs, Sns sns, Admin admin, Testing testing, LogLevel logLevel) {
    /**
     * @param port 0 for any free one
     * @param account the twelve digits in queue addresses
     * @param host where it listens; loopback only, unless who calls must prove who he is
     * @param deleteRest before the name of a deleted queue may be used again; zero for no wait
     * @param purgeRest before a queue may be purged again; zero for no wait
     */
    public record Sqs(
            int port,
            String account,
            String region,
            String host,
            AuthMode auth,
            Duration deleteRest,
            Duration purgeRest) {}

    /** @param http whether messages are sent to HTTP endpoints that clients subscribe */
    public record Sns(boolean http) {}

    /** @param port 0 for any free one */
    public record Admin(int port) {}

    /** @param enabled whether tests may move the clock and delete everything */
    public record Testing(boolean enabled) {}

    /** From which severity on something is logged. */
    public enum LogLevel {
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }
}
