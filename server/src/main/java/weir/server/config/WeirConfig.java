package weir.server.config;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What a server is told at its start.
 *
 * @param data the data directory; one server at a time
 * @param host where every port listens; loopback only, as there is no authentication yet
 * @param shards fixed when the data directory is created
 */
public record WeirConfig(Path data, String host, int shards, Sqs sqs, Admin admin, LogLevel logLevel) {
    /**
     * @param port 0 for any free one
     * @param account the twelve digits in queue addresses
     * @param deleteRest before the name of a deleted queue may be used again; zero for no wait
     * @param purgeRest before a queue may be purged again; zero for no wait
     */
    public record Sqs(int port, String account, String region, Duration deleteRest, Duration purgeRest) {}

    /** @param port 0 for any free one */
    public record Admin(int port) {}

    /** From which severity on something is logged. */
    public enum LogLevel {
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }
}
