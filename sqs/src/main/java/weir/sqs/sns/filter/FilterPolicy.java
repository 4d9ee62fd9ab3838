package weir.sqs.sns.filter;

import java.util.List;
import weir.core.Message.Header;

/** Which messages a subscription wants. Immutable; used by any number of threads. */
public final class FilterPolicy {
    private final Scope scope;
    private final Condition wanted;
    /** Every path that the policy names; nothing else of a message is looked at. */
    private final PathStep steps;

    FilterPolicy(Scope scope, Condition wanted, PathStep steps) {
        this.scope = scope;
        this.wanted = wanted;
        this.steps = steps;
    }

    /**
     * Reads a policy.
     *
     * @throws FilterPolicyException with SNS's words if it is not a policy of that scope
     */
    public static FilterPolicy parse(String json, Scope scope) throws FilterPolicyException {
        return PolicyParser.parse(json, scope);
    }

    public Scope scope() {
        return scope;
    }

    /** Whether a message with these attributes and this body is wanted; only one of the two is looked at. */
    public boolean matches(List<Header> attributes, String body) {
        return switch (scope) {
            case ATTRIBUTES -> matchesAttributes(attributes);
            case BODY -> matchesBody(body);
        };
    }

    boolean matchesAttributes(List<Header> attributes) {
        return new Matching(Candidates.ofAttributes(attributes, steps)).matches(wanted);
    }

    /** A body that is no JSON object matches nothing. */
    boolean matchesBody(String body) {
        return Candidates.ofBody(body, steps)
                .map(candidates -> new Matching(candidates).matches(wanted))
                .orElse(false);
    }
}
