package weir.sqs.auth;

import java.util.ArrayList;
import java.util.List;

/** The one form of a request that both sides hash. */
final class CanonicalRequest {
    private CanonicalRequest() {}

    /** @param payloadHash as it is to stand in the last line */
    static String of(SignedRequest request, Claim claim, String payloadHash) {
        StringBuilder out = new StringBuilder(1024);
        out.append(request.method()).append('\n');
        out.append(path(request.path())).append('\n');
        if (!request.query().isEmpty()) {
            out.append(SignedQuery.of(request.query()).canonical());
        }
        out.append('\n');
        for (String name : claim.signedHeaders()) {
            out.append(name).append(':');
            appendValues(out, request.headers().all(name));
            out.append('\n');
        }
        out.append('\n');
        appendNames(out, claim.signedHeaders());
        return out.append('\n').append(payloadHash).toString();
    }

    private static void appendNames(StringBuilder out, List<String> names) {
        for (int i = 0; i < names.size(); i++) {
            out.append(i == 0 ? "" : ";").append(names.get(i));
        }
    }

    /** Without spaces at the ends, with one in place of several, and with commas between the lines of a repeated field. */
    private static void appendValues(StringBuilder out, List<String> values) {
        for (int i = 0; i < values.size(); i++) {
            if (i > 0) {
                out.append(',');
            }
            String value = values.get(i);
            boolean begun = false;
            boolean space = false;
            for (int at = 0; at < value.length(); at++) {
                char c = value.charAt(at);
                if (c == ' ' || c == '\t') {
                    space = begun;
                } else {
                    if (space) {
                        out.append(' ');
                    }
                    out.append(c);
                    begun = true;
                    space = false;
                }
            }
        }
    }

    /** Dots are resolved and slashes made one, before it is encoded again. */
    static String path(String path) {
        if (path.length() <= 1) {
            return "/";
        }
        return UriEncoding.ofPath(path.contains("//") || path.contains("/.") ? normalized(path) : path);
    }

    private static String normalized(String path) {
        List<String> segments = new ArrayList<>();
        boolean open = false;
        for (String segment : path.split("/", -1)) {
            open = segment.isEmpty() || segment.equals(".") || segment.equals("..");
            if (segment.equals("..") && !segments.isEmpty()) {
                segments.removeLast();
            } else if (!open) {
                segments.add(segment);
            }
        }
        String joined = "/" + String.join("/", segments);
        return open && !segments.isEmpty() ? joined + "/" : joined;
    }
}
