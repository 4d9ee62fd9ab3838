package weir.sqs.auth;

import java.util.List;
import weir.core.Bytes;

/**
 * What a signature covers, as it was received.
 *
 * @param path raw, not decoded
 * @param query raw, not decoded, without the question mark; empty for none
 */
public record SignedRequest(String method, String path, String query, Headers headers, Bytes body) {
    /** The header fields. */
    @FunctionalInterface
    public interface Headers {
        /**
         * The values of a field in the order received, one for each line; empty if it is missing.
         *
         * @param name in lower case
         */
        List<String> all(String name);
    }
}
