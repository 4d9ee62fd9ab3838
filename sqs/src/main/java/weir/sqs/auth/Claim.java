package weir.sqs.auth;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request says of its signature. Nothing of it is proven yet.
 *
 * @param scope date, region, service and terminator, by slashes
 * @param timestamp as signed: {@code yyyyMMdd'T'HHmmss'Z'}
 * @param expiresSeconds the life of a signed query; negative for a signed header, which has none of its own
 * @param signedHeaders in lower case, in the order given
 * @param inQuery whether all of this stands in the query string
 */
record Claim(
        String keyId,
        String scope,
        String date,
        String region,
        String service,
        String terminator,
        String timestamp,
        Instant at,
        long expiresSeconds,
        List<String> signedHeaders,
        String signature,
        @Nullable String sessionToken,
        boolean inQuery) {
    Claim {
        signedHeaders = List.copyOf(signedHeaders);
    }
}
