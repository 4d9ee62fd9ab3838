package weir.sqs.sns.filter;

import tools.jackson.core.JsonParser;
import tools.jackson.core.TokenStreamLocation;

/** A policy's text, and the reader that goes through it. */
record PolicyText(String json, JsonParser parser) {
    /** At the place where the reader stands. */
    FilterPolicyException error(String reason) {
        String snippet = json.length() <= FilterLimits.SNIPPET_CHARS_MAX
                ? '"' + json + '"'
                : '"' + json.substring(0, FilterLimits.SNIPPET_CHARS_MAX) + "\"[truncated "
                        + (json.length() - FilterLimits.SNIPPET_CHARS_MAX) + " chars]";
        return new FilterPolicyException("FilterPolicy: " + reason + "\n at [Source: (String)" + snippet + "; "
                + lineAndColumn(parser.currentLocation()) + "]");
    }

    static String lineAndColumn(TokenStreamLocation location) {
        return "line: " + location.getLineNr() + ", column: " + location.getColumnNr();
    }
}
