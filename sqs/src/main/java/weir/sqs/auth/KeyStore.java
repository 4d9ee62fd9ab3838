package weir.sqs.auth;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import weir.core.broker.OutcomeUnknownException;

/** Where access keys are looked up. */
@FunctionalInterface
public interface KeyStore {
    /**
     * The key of that id; null if there is none that may be used.
     *
     * @throws OutcomeUnknownException if it was to be asked of another node, and that did not answer in time
     */
    @Nullable
    Key find(String id) throws OutcomeUnknownException, InterruptedException;

    /**
     * An access key, and whose it is.
     *
     * @param created tells apart two keys that bore the same id one after the other
     * @param sessionToken what every request must carry besides; null for a lasting key
     * @param expiresAt when it ends; null for never
     */
    record Key(
            String id,
            long created,
            String secret,
            @Nullable String sessionToken,
            @Nullable Instant expiresAt,
            Principal principal) {
        /** Without the secrets: a record's own would show them. */
        @Override
        public String toString() {
            return "Key[" + id + " of " + principal + "]";
        }
    }
}
