package weir.sqs.auth;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import javax.crypto.Mac;

/**
 * The keys that are derived from access keys for a day, region and service: four keyed hashes each, so worth keeping. Only
 * those of signatures that were right are kept, so that nobody fills the table with regions of his own invention.
 *
 * <p>Safe for use by any number of threads.
 */
final class SigningKeys {
    /** @param created of the access key, which might be another one of the same id */
    private record Id(String keyId, long created, String date, String region, String service) {}

    private final ConcurrentMap<Id, Mac> known = new ConcurrentHashMap<>();
    private final int max;

    SigningKeys(int max) {
        this.max = max;
    }

    /** Whether the claim's signature is the one that the key gives for {@code stringToSign}. */
    boolean verifies(KeyStore.Key key, Claim claim, String stringToSign) {
        Id id = new Id(key.id(), key.created(), claim.date(), claim.region(), claim.service());
        Mac kept = known.get(id);
        Mac signing = kept == null ? derive(key.secret(), claim) : kept;
        byte[] signature = Hashes.copy(signing).doFinal(stringToSign.getBytes(StandardCharsets.UTF_8));
        boolean right = Hashes.isEqual(Hashes.hex(signature), claim.signature());
        if (right && kept == null) {
            if (known.size() >= max) {
                known.clear();
            }
            known.put(id, signing);
        }
        return right;
    }

    int size() {
        return known.size();
    }

    private static Mac derive(String secret, Claim claim) {
        byte[] date = Hashes.hmac(("AWS4" + secret).getBytes(StandardCharsets.UTF_8), claim.date());
        byte[] region = Hashes.hmac(date, claim.region());
        byte[] service = Hashes.hmac(region, claim.service());
        return Hashes.hmac(Hashes.hmac(service, Claims.TERMINATOR));
    }
}
