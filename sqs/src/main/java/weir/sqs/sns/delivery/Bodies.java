package weir.sqs.sns.delivery;

import java.util.Map;
import weir.sqs.sns.Protocol;

/**
 * A message's text, which may be another for each protocol.
 *
 * @param standard for those that have none of their own
 */
public record Bodies(String standard, Map<Protocol, String> own) {
    public Bodies {
        own = Map.copyOf(own);
    }

    public static Bodies of(String text) {
        return new Bodies(text, Map.of());
    }

    public String of(Protocol protocol) {
        return own.getOrDefault(protocol, standard);
    }
}
