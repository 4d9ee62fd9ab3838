package weir.sqs.sns;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import weir.sqs.action.Call;
import weir.sqs.wire.Fields;
import weir.sqs.wire.SnsError;
import weir.sqs.wire.Value;

/** Answers with a list a page at a time; a token names the last of a page. */
final class Pages {
    private Pages() {}

    interface Lister<T> {
        List<T> list(String after, int max);
    }

    /**
     * One page.
     *
     * @param nameOf what the lister goes on after
     */
    static <T> Fields page(
            Call call, String member, Lister<T> lister, Function<T, String> nameOf, Function<T, Fields> shown) {
        String after = after(call.input().text("NextToken"));
        List<T> found = lister.list(after, SnsQuotas.LIST_RESULTS_MAX + 1);
        List<T> page = found.subList(0, Math.min(found.size(), SnsQuotas.LIST_RESULTS_MAX));
        Fields result = new Fields()
                .put(member, new Value.Items(page.stream().map(shown).toList()));
        if (found.size() > page.size()) {
            byte[] last = nameOf.apply(page.getLast()).getBytes(StandardCharsets.UTF_8);
            result.put("NextToken", Base64.getEncoder().encodeToString(last));
        }
        return result;
    }

    private static String after(@Nullable String token) {
        try {
            return token == null ? "" : new String(Base64.getDecoder().decode(token), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            throw SnsError.invalidParameter("NextToken");
        }
    }
}
