package weir.net.tcp;

import java.time.Duration;

/** The bounds of accepting, each with its reason. */
final class TcpLimits {
    /** Connections that the kernel keeps while all places are taken: a burst of reconnecting clients. */
    static final int BACKLOG = 1_024;

    /** Before the next try when accepting failed, usually because no file descriptor is left: it must not spin. */
    static final Duration ACCEPT_RETRY = Duration.ofMillis(100);

    /** How long connections may take to give back what they hold when the server stops. Then they are left alone. */
    static final Duration STOP = Duration.ofSeconds(10);

    private TcpLimits() {}
}
