package weir.sqs.policy;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import weir.sqs.auth.Principal;
import weir.sqs.auth.Requester;

/**
 * What somebody wants to do.
 *
 * @param action with its service, e.g. {@code sqs:SendMessage}
 * @param resource the ARN
 * @param values what is known for conditions beside the principal, by key in lower case, e.g. {@code aws:sourcearn}
 */
public record AccessRequest(Principal principal, String action, String resource, Map<String, String> values) {
    public AccessRequest {
        values = new TreeMap<>(values);
    }

    /** A client's request. */
    public static AccessRequest of(Requester requester, Instant now, String action, String resource) {
        Map<String, String> values = new TreeMap<>();
        values.put("aws:securetransport", Boolean.toString(requester.secure()));
        values.put("aws:currenttime", now.toString());
        values.put("aws:epochtime", Long.toString(now.getEpochSecond()));
        put(values, "aws:sourceip", requester.sourceIp());
        put(values, "aws:useragent", requester.userAgent());
        return new AccessRequest(requester.principal(), action, resource, values);
    }

    /**
     * What a part of this server does for one of its resources: a topic that delivers to a queue.
     *
     * @param service e.g. {@code sns.amazonaws.com}
     * @param sourceArn the resource on whose behalf
     * @param sourceAccount the account of that resource
     */
    public static AccessRequest of(
            String service, String sourceArn, String sourceAccount, Instant now, String action, String resource) {
        return new AccessRequest(
                new Principal.Service(service),
                action,
                resource,
                Map.of(
                        "aws:sourcearn",
                        sourceArn,
                        "aws:sourceaccount",
                        sourceAccount,
                        "aws:securetransport",
                        "true",
                        "aws:currenttime",
                        now.toString(),
                        "aws:epochtime",
                        Long.toString(now.getEpochSecond()),
                        "aws:principalisawsservice",
                        "true",
                        "aws:principalservicename",
                        service));
    }

    private static void put(Map<String, String> values, String key, @Nullable String value) {
        if (value != null) {
            values.put(key, value);
        }
    }

    /** The values of a condition key, whatever its case; empty if it is not known. None has several here. */
    List<String> valuesOf(String key) {
        String lower = key.toLowerCase(Locale.ROOT);
        String value =
                switch (lower) {
                    case "aws:principalarn" -> principal.arn();
                    case "aws:principalaccount" -> principal.account();
                    case "aws:userid" -> principal.userId();
                    case "aws:username" -> principal instanceof Principal.User user ? user.name() : null;
                    case "aws:principaltype" -> type();
                    default -> values.get(lower);
                };
        return value == null ? List.of() : List.of(value);
    }

    private @Nullable String type() {
        return switch (principal) {
            case Principal.Root _ -> "Account";
            case Principal.User _ -> "User";
            case Principal.Anonymous _ -> "Anonymous";
            case Principal.Service _ -> null;
        };
    }
}
