package weir.sqs.auth;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import weir.sqs.wire.SqsError;

/** The parameters of a query string, in the form that is signed. */
record SignedQuery(List<Parameter> parameters) {
    static final String SIGNATURE = "X-Amz-Signature";

    /** @param name encoded, as the value */
    record Parameter(String name, String value) {}

    private static final Comparator<Parameter> ORDER =
            Comparator.comparing(Parameter::name).thenComparing(Parameter::value);

    /** Whether a raw query is signed. Cheaper than to take it apart, and true for every one that is. */
    static boolean mayBeSigned(String query) {
        return query.contains("X-Amz-Algorithm=") || query.contains(SIGNATURE + "=");
    }

    static SignedQuery of(String query) {
        List<Parameter> parameters = new ArrayList<>();
        for (int at = 0; at < query.length(); ) {
            int ampersand = query.indexOf('&', at);
            int end = ampersand < 0 ? query.length() : ampersand;
            if (end > at) {
                int equals = query.indexOf('=', at);
                boolean named = equals >= 0 && equals < end;
                String name = query.substring(at, named ? equals : end);
                String value = named ? query.substring(equals + 1, end) : "";
                parameters.add(new Parameter(UriEncoding.ofQueryPart(name), UriEncoding.ofQueryPart(value)));
            }
            at = end + 1;
        }
        return new SignedQuery(parameters);
    }

    /** The value of a parameter, decoded; null if it is missing. A second one of the same name is refused. */
    @Nullable
    String value(String name) {
        String found = null;
        for (Parameter parameter : parameters) {
            if (parameter.name.equals(name)) {
                if (found != null) {
                    throw SqsError.INCOMPLETE_SIGNATURE.because(
                            "AWS query-string parameters must include '" + name + "' once.");
                }
                found = URLDecoder.decode(parameter.value, StandardCharsets.UTF_8);
            }
        }
        return found;
    }

    /** Everything but the signature itself, in order. */
    String canonical() {
        StringJoiner canonical = new StringJoiner("&");
        parameters.stream()
                .filter(parameter -> !parameter.name.equals(SIGNATURE))
                .sorted(ORDER)
                .forEach(parameter -> canonical.add(parameter.name + "=" + parameter.value));
        return canonical.toString();
    }
}
