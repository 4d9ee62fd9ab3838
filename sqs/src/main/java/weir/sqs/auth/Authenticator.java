package weir.sqs.auth;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;
import weir.core.broker.OutcomeUnknownException;
import weir.sqs.wire.SqsError;
import weir.sqs.wire.SqsException;

/**
 * Finds out who makes a request, as far as its mode asks. Safe for use by any number of threads.
 *
 * <p>What a verified request costs: a SHA-256 over the body, one over the canonical request, and one keyed hash.
 */
public final class Authenticator {
    private static final Principal ANONYMOUS = new Principal.Anonymous();
    private static final String UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD";
    private static final int DATE_CHARS = 8;
    private static final String TARGET = "x-amz-target";
    private static final String EMPTY_HASH = Hashes.sha256(Bytes.EMPTY);

    private final AuthMode mode;
    private final KeyStore keys;
    private final InstantSource clock;
    private final List<String> services;
    private final SigningKeys signingKeys;

    /** @param services those that a signature may be meant for; any region will do */
    public Authenticator(AuthMode mode, KeyStore keys, InstantSource clock, List<String> services) {
        this(mode, keys, clock, services, AuthLimits.SIGNING_KEYS_MAX);
    }

    Authenticator(AuthMode mode, KeyStore keys, InstantSource clock, List<String> services, int signingKeysMax) {
        this.mode = mode;
        this.keys = keys;
        this.clock = clock;
        this.services = List.copyOf(services);
        this.signingKeys = new SigningKeys(signingKeysMax);
    }

    public AuthMode mode() {
        return mode;
    }

    /**
     * Who makes the request: {@link Principal.Anonymous} if it does not say.
     *
     * @throws SqsException if it says, and it is not so
     * @throws IllegalStateException if the mode is off: there is nothing to ask then
     */
    public Principal authenticate(SignedRequest request) throws OutcomeUnknownException, InterruptedException {
        Claim claim = Claims.of(request);
        if (claim == null) {
            return ANONYMOUS;
        }
        return switch (mode) {
            case OFF -> throw new IllegalStateException("authentication is off");
            case KEY -> {
                checkLife(claim);
                KeyStore.Key key = find(claim);
                checkSession(claim, key);
                yield key.principal();
            }
            case FULL -> {
                checkScope(claim);
                checkTime(claim);
                checkSignedHeaders(request, claim);
                KeyStore.Key key = find(claim);
                checkSignature(request, claim, key);
                checkSession(claim, key);
                yield key.principal();
            }
        };
    }

    private KeyStore.Key find(Claim claim) throws OutcomeUnknownException, InterruptedException {
        KeyStore.Key key = keys.find(claim.keyId());
        if (key == null) {
            throw invalidToken();
        }
        return key;
    }

    private void checkScope(Claim claim) {
        StringBuilder wrong = new StringBuilder();
        if (claim.region().isEmpty()) {
            wrong.append("Credential should be scoped to a valid region. ");
        }
        if (!services.contains(claim.service())) {
            wrong.append("Credential should be scoped to correct service: '")
                    .append(services.getFirst())
                    .append("'. ");
        }
        if (!claim.terminator().equals(Claims.TERMINATOR)) {
            wrong.append("Credential should be scoped with a valid terminator: 'aws4_request'. ");
        }
        if (!claim.timestamp().substring(0, DATE_CHARS).equals(claim.date())) {
            wrong.append("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP. ");
        }
        if (!wrong.isEmpty()) {
            throw SqsError.SIGNATURE_DOES_NOT_MATCH.because(wrong.toString().strip());
        }
    }

    private void checkTime(Claim claim) {
        Instant now = clock.instant();
        Instant earliest = now.minus(AuthLimits.CLOCK_SKEW);
        Instant latest = now.plus(AuthLimits.CLOCK_SKEW);
        Instant at = claim.at();
        if (at.isAfter(latest)) {
            throw SqsError.SIGNATURE_DOES_NOT_MATCH.because("Signature not yet current: " + claim.timestamp()
                    + " is still later than " + Timestamps.format(latest) + " (" + Timestamps.format(now)
                    + " + 15 min.)");
        }
        if (claim.expiresSeconds() > 0) {
            checkLife(claim);
        } else if (at.isBefore(earliest)) {
            throw SqsError.SIGNATURE_DOES_NOT_MATCH.because("Signature expired: " + claim.timestamp()
                    + " is now earlier than " + Timestamps.format(earliest) + " (" + Timestamps.format(now)
                    + " - 15 min.)");
        }
    }

    /** Of a query that was signed beforehand, to be used until a time that its maker named. */
    private void checkLife(Claim claim) {
        Instant now = clock.instant();
        if (claim.expiresSeconds() > 0 && now.isAfter(claim.at().plusSeconds(claim.expiresSeconds()))) {
            throw SqsError.SIGNATURE_DOES_NOT_MATCH.because("Signature expired: " + claim.timestamp()
                    + " is now earlier than " + Timestamps.format(now.minusSeconds(claim.expiresSeconds())) + " ("
                    + Timestamps.format(now) + " - " + claim.expiresSeconds() + " sec.)");
        }
    }

    /** What decides where a request goes and what it does must be covered. The body always is. */
    private static void checkSignedHeaders(SignedRequest request, Claim claim) {
        if (!claim.signedHeaders().contains("host")) {
            throw SqsError.SIGNATURE_DOES_NOT_MATCH.because(
                    "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
        }
        if (!claim.signedHeaders().contains(TARGET)
                && !request.headers().all(TARGET).isEmpty()) {
            throw SqsError.SIGNATURE_DOES_NOT_MATCH.because(
                    "'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.");
        }
    }

    private void checkSignature(SignedRequest request, Claim claim, KeyStore.Key key) {
        String canonical = CanonicalRequest.of(request, claim, payloadHash(request));
        if (!signingKeys.verifies(key, claim, stringToSign(claim, canonical))) {
            throw mismatch();
        }
    }

    static String stringToSign(Claim claim, String canonicalRequest) {
        return Claims.ALGORITHM + "\n" + claim.timestamp() + "\n" + claim.scope() + "\n"
                + Hashes.sha256(canonicalRequest);
    }

    /** A body that the signature does not cover is let through only if the client says so, in what it signed. */
    static String payloadHash(SignedRequest request) {
        List<String> said = request.headers().all("x-amz-content-sha256");
        if (said.size() == 1 && said.getFirst().equals(UNSIGNED_PAYLOAD)) {
            return UNSIGNED_PAYLOAD;
        }
        String hash = request.body().length() == 0 ? EMPTY_HASH : Hashes.sha256(request.body());
        if (!said.isEmpty() && !(said.size() == 1 && Hashes.isEqual(hash, said.getFirst()))) {
            throw mismatch();
        }
        return hash;
    }

    /** Comes last, so that where signatures are checked only who has the secret learns anything of the session. */
    private void checkSession(Claim claim, KeyStore.Key key) {
        String expected = key.sessionToken();
        String given = claim.sessionToken();
        boolean same = expected == null ? given == null : given != null && Hashes.isEqual(expected, given);
        if (!same) {
            throw invalidToken();
        }
        @Nullable Instant expiresAt = key.expiresAt();
        if (expiresAt != null && !clock.instant().isBefore(expiresAt)) {
            throw SqsError.EXPIRED_TOKEN.because("The security token included in the request is expired");
        }
    }

    private static SqsException invalidToken() {
        return SqsError.INVALID_CLIENT_TOKEN_ID.because("The security token included in the request is invalid.");
    }

    private static SqsException mismatch() {
        return SqsError.SIGNATURE_DOES_NOT_MATCH.because(
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret"
                        + " Access Key and signing method. Consult the service documentation for details.");
    }
}
