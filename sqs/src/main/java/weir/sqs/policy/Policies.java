package weir.sqs.policy;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * What the fronts ask. Keeps the policies in use read, by their text: whoever changes a policy brings another text. Safe
 * for use by any number of threads.
 */
public final class Policies {
    private final ConcurrentMap<String, Policy> read = new ConcurrentHashMap<>();

    /** What came of asking a policy, and a resource's account. */
    public enum Verdict {
        /** A statement allows it and none denies it, or the caller belongs to the resource's account and none denies it. */
        ALLOWED,
        /** A statement says no: nothing else counts. */
        DENIED,
        /** Nobody says yes. */
        NOT_ALLOWED
    }

    /**
     * Whether a request is allowed.
     *
     * @param policy the resource's, as its owner wrote it; null or empty for none
     * @param owner the account that the resource belongs to
     */
    public boolean allows(@Nullable String policy, AccessRequest request, String owner) {
        return verdict(policy, request, owner) == Verdict.ALLOWED;
    }

    /** The same, with the reason. A text that is no policy, from before policies were read, says nothing. */
    public Verdict verdict(@Nullable String policy, AccessRequest request, String owner) {
        Policy.Effect effect = policy == null || policy.isEmpty() ? null : effect(policy, request);
        return switch (effect) {
            case DENY -> Verdict.DENIED;
            case ALLOW -> Verdict.ALLOWED;
            case null -> owner.equals(request.principal().account()) ? Verdict.ALLOWED : Verdict.NOT_ALLOWED;
        };
    }

    private Policy.@Nullable Effect effect(String text, AccessRequest request) {
        Policy policy = read.get(text);
        if (policy == null) {
            try {
                policy = Policy.parse(text);
            } catch (PolicyException _) {
                return null;
            }
            if (read.size() >= PolicyLimits.POLICIES_MAX) {
                read.clear();
            }
            read.put(text, policy);
        }
        return policy.effectOn(request);
    }

    int size() {
        return read.size();
    }
}
