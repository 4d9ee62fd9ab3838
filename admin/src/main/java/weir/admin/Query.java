package weir.admin;

import io.helidon.common.uri.UriQuery;
import io.helidon.webserver.http.ServerRequest;
import java.util.List;
import java.util.Set;

/** The query part of a request's address. Refuses names that are not known, rather than ignoring a misspelling. */
final class Query {
    private final UriQuery query;

    Query(ServerRequest request, String... known) {
        query = request.query();
        for (String name : query.names()) {
            if (!Set.of(known).contains(name)) {
                throw Failure.invalid(
                                "parameter " + name + " is not known, allowed are " + String.join(", ", List.of(known)))
                        .thrown();
            }
        }
    }

    String text(String name, String ifMissing) {
        return query.first(name).orElse(ifMissing);
    }

    int number(String name, int least, int most, int ifMissing) {
        String text = text(name, Integer.toString(ifMissing));
        if (text.matches("\\d{1,9}")) {
            int value = Integer.parseInt(text);
            if (value >= least && value <= most) {
                return value;
            }
        }
        throw Failure.invalid(name + " is \"" + text + "\", allowed is a whole number from " + least + " to " + most)
                .thrown();
    }

    boolean truth(String name, boolean ifMissing) {
        return switch (text(name, Boolean.toString(ifMissing))) {
            case "true" -> true;
            case "false" -> false;
            case String other ->
                throw Failure.invalid(name + " is \"" + other + "\", allowed is true or false")
                        .thrown();
        };
    }
}
