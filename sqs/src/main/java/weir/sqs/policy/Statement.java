package weir.sqs.policy;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import weir.sqs.auth.Principal;

/**
 * One statement of a policy.
 *
 * @param principals null where the policy names none, which says nothing of anybody
 * @param resources null where it names none: the resource that has the policy
 */
record Statement(
        @Nullable String sid,
        Policy.Effect effect,
        Principals principals,
        Actions actions,
        @Nullable Resources resources,
        List<Condition> conditions) {
    boolean appliesTo(AccessRequest request) {
        return actions.include(request.action())
                && principals.include(request.principal())
                && (resources == null || resources.include(request))
                && conditions.stream().allMatch(condition -> condition.holds(request));
    }

    /**
     * @param except whether all but these are meant
     * @param aws accounts, ARNs, ids of users, or a star
     * @param services e.g. {@code sns.amazonaws.com}
     */
    record Principals(boolean except, boolean everybody, List<String> aws, List<String> services) {
        boolean include(Principal principal) {
            return (everybody || isNamed(principal)) != except;
        }

        private boolean isNamed(Principal principal) {
            return switch (principal) {
                case Principal.Service(String name) -> services.contains(name);
                case Principal.Anonymous _ -> false;
                case Principal.Root(String account) -> aws.stream().anyMatch(named -> isAccount(named, account));
                case Principal.User user ->
                    aws.stream()
                            .anyMatch(named -> isAccount(named, user.account())
                                    || named.equals(user.arn())
                                    || named.equals(user.id()));
            };
        }

        /** Naming an account names everybody in it. */
        private static boolean isAccount(String named, String account) {
            return named.equals(account)
                    || (named.endsWith(":root") && named.startsWith("arn:") && named.contains("::" + account + ":"));
        }
    }

    /** @param names as written, e.g. {@code SQS:Send*}: the case is nobody's business */
    record Actions(boolean except, List<String> names, List<int[]> patterns) {
        static Actions of(boolean except, List<String> names) {
            return new Actions(
                    except,
                    List.copyOf(names),
                    names.stream()
                            .map(name -> Wildcards.pattern(name.toLowerCase(Locale.ROOT)))
                            .toList());
        }

        boolean include(String action) {
            String lower = action.toLowerCase(Locale.ROOT);
            return patterns.stream().anyMatch(pattern -> Wildcards.matches(pattern, lower)) != except;
        }
    }

    record Resources(boolean except, List<Template> arns) {
        boolean include(AccessRequest request) {
            return arns.stream().anyMatch(arn -> arn.matches(request.resource(), request)) != except;
        }
    }
}
