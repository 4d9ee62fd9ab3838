package weir.cluster.forming;

import java.util.Optional;
import weir.core.Check;

/** Where a node's cluster listener can be found. */
public record Address(String host, int port) {
    public Address {
        Check.inRange("host length", host.length(), 1, 253);
        Check.inRange("port", port, 1, 65_535);
    }

    /** Reads {@code host:port}, {@code [::1]:port} too. */
    public static Optional<Address> parse(String text) {
        int colon = text.lastIndexOf(':');
        try {
            String host = text.substring(0, colon).strip();
            if (host.startsWith("[") && host.endsWith("]")) {
                host = host.substring(1, host.length() - 1);
            }
            return Optional.of(
                    new Address(host, Integer.parseInt(text.substring(colon + 1).strip())));
        } catch (RuntimeException _) { // No colon, no number, or out of range.
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
