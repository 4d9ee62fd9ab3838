package weir.amqp.management;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import weir.amqp.topology.Expression;
import weir.core.broker.OutcomeUnknownException;

/**
 * Lists as a request wants them: filtered, sorted, a page of them, some of their columns. What costs something to find out is
 * asked only for what is shown, unless it is sorted by that.
 *
 * @param defaultSort columns by which to sort what the request does not
 * @param cheap columns that are there before {@code rest} has added the others
 */
record Listing(Call call, List<String> defaultSort, Set<String> cheap) {
    /** Adds what costs something, to all that are to have it. */
    interface Rest {
        void add(List<Facts> all) throws Failure, OutcomeUnknownException, InterruptedException;
    }

    private static final Rest NOTHING = _ -> {};

    /** Of what is sorted by virtual host and name. */
    static Object of(Call call, List<Facts> all) throws Failure, OutcomeUnknownException, InterruptedException {
        return of(call, all, List.of("vhost", "name"));
    }

    static Object of(Call call, List<Facts> all, List<String> defaultSort)
            throws Failure, OutcomeUnknownException, InterruptedException {
        return new Listing(call, defaultSort, Set.of()).list(all, NOTHING);
    }

    /** A JSON list; of a page an object around it. */
    Object list(List<Facts> all, Rest rest) throws Failure, OutcomeUnknownException, InterruptedException {
        Page page = page();
        List<Facts> sorted = new ArrayList<>(all);
        String sort = call.query("sort");
        boolean dear = sort != null && !sort.isEmpty() && !cheap.contains(sort);
        if (dear) {
            rest.add(sorted);
        }
        sorted.sort(order(sort));
        if (page == null) {
            return columns(added(sorted, dear ? NOTHING : rest));
        }
        List<Facts> filtered = page.filtered(sorted);
        int from = (page.number - 1) * page.size;
        if (from > filtered.size()) {
            throw new Failure(
                    400,
                    "page_out_of_range",
                    "Page out of range, page: " + page.number + " page size: " + page.size + ", len: "
                            + filtered.size());
        }
        List<Facts> items = filtered.subList(from, Math.min(filtered.size(), from + page.size));
        return new Facts()
                .with("filtered_count", filtered.size())
                .with("item_count", items.size())
                .with("items", columns(added(items, dear ? NOTHING : rest)))
                .with("page", page.number)
                .with("page_count", (filtered.size() + page.size - 1) / page.size)
                .with("page_size", page.size)
                .with("total_count", all.size());
    }

    private static List<Facts> added(List<Facts> items, Rest rest)
            throws Failure, OutcomeUnknownException, InterruptedException {
        rest.add(items);
        return items;
    }

    // ---- Pages

    private record Page(int number, int size, @Nullable String name, boolean regex) {
        List<Facts> filtered(List<Facts> all) {
            if (name == null || name.isEmpty()) {
                return all;
            }
            Expression expression = new Expression("(?i)" + name);
            String part = name.toLowerCase(Locale.ROOT);
            return all.stream()
                    .filter(facts -> facts.get("name") instanceof String text
                            && (regex
                                    ? expression.matches(text)
                                    : text.toLowerCase(Locale.ROOT).contains(part)))
                    .toList();
        }
    }

    private @Nullable Page page() throws Failure {
        String number = call.query("page");
        if (number == null) {
            return null;
        }
        String name = call.query("name");
        boolean regex = call.wants("use_regex");
        if (regex && name != null && name.length() > ManagementLimits.FILTER_CHARS_MAX) {
            throw invalid("name filter regex is too long");
        }
        int page = whole(number);
        String given = call.query("page_size");
        int size = given == null ? ManagementLimits.PAGE_SIZE : whole(given);
        if (page < 1 || size < 1 || size > ManagementLimits.PAGE_SIZE_MAX) {
            throw invalid("Invalid pagination parameters: page number " + page + ", page size " + size);
        }
        return new Page(page, size, name, regex);
    }

    private static int whole(String text) throws Failure {
        if (!text.matches("-?\\d{1,6}")) {
            throw Failure.badRequest("Pagination parameters are invalid");
        }
        return Integer.parseInt(text);
    }

    private static Failure invalid(String reason) {
        return new Failure(400, "invalid_pagination_parameters", reason);
    }

    // ---- Order

    private Comparator<Facts> order(@Nullable String sort) {
        List<String> columns = new ArrayList<>();
        if (sort != null && !sort.isEmpty()) {
            columns.add(sort);
        }
        columns.addAll(defaultSort);
        Comparator<Facts> order = (_, _) -> 0;
        for (String column : columns) {
            String[] path = column.split("\\.", -1);
            order = order.thenComparing((one, other) -> compare(value(one, path), value(other, path)));
        }
        return call.wants("sort_reverse") ? order.reversed() : order;
    }

    private static @Nullable Object value(Facts facts, String[] path) {
        Object value = facts;
        for (String name : path) {
            value = switch (value) {
                case Facts inner -> inner.get(name);
                case Map<?, ?> map -> map.get(name);
                case null, default -> null;
            };
        }
        return value;
    }

    /** Numbers before truths before texts, as RabbitMQ's language orders them; what is not there is a 0. */
    private static int compare(@Nullable Object one, @Nullable Object other) {
        int kinds = Integer.compare(kind(one), kind(other));
        if (kinds != 0) {
            return kinds;
        }
        return switch (one) {
            case null -> Double.compare(0, number(other));
            case Number _ -> Double.compare(number(one), number(other));
            case Boolean truth -> truth.compareTo(Boolean.TRUE.equals(other));
            case Object _ -> String.valueOf(one).compareTo(String.valueOf(other));
        };
    }

    private static double number(@Nullable Object value) {
        return value instanceof Number number ? number.doubleValue() : 0;
    }

    private static int kind(@Nullable Object value) {
        return switch (value) {
            case null -> 0;
            case Number _ -> 0;
            case Boolean _ -> 1;
            case Object _ -> 2;
        };
    }

    // ---- Columns

    /** What a single thing shows of what the request wants. */
    static Object columns(Call call, Facts facts) {
        return new Listing(call, List.of(), Set.of()).columns(List.of(facts)).getFirst();
    }

    private List<Facts> columns(List<Facts> items) {
        String wanted = call.query("columns");
        if (wanted == null) {
            return items;
        }
        List<String[]> paths = new ArrayList<>();
        for (String column : wanted.split(",", -1)) {
            if (!column.isEmpty()) {
                paths.add(column.split("\\.", -1));
            }
        }
        List<Facts> cut = new ArrayList<>(items.size());
        for (Facts facts : items) {
            Facts some = new Facts();
            cut(facts.asMap(), paths, 0).forEach(some::with);
            cut.add(some);
        }
        return cut;
    }

    private static SequencedMap<String, @Nullable Object> cut(Map<?, ?> from, List<String[]> paths, int depth) {
        SequencedMap<String, @Nullable Object> some = new LinkedHashMap<>();
        from.forEach((key, value) -> {
            String name = String.valueOf(key);
            List<String[]> here =
                    paths.stream().filter(path -> path[depth].equals(name)).toList();
            if (here.isEmpty()) {
                return;
            }
            boolean whole = here.stream().anyMatch(path -> path.length == depth + 1);
            some.put(name, whole ? value : inner(value, here, depth + 1));
        });
        return some;
    }

    private static @Nullable Object inner(@Nullable Object value, List<String[]> paths, int depth) {
        return switch (value) {
            case Facts facts -> cut(facts.asMap(), paths, depth);
            case Map<?, ?> map -> cut(map, paths, depth);
            case List<?> list -> {
                List<@Nullable Object> items = new ArrayList<>();
                list.forEach(each -> items.add(inner(each, paths, depth)));
                yield items;
            }
            case null -> null;
            case Object plain -> plain;
        };
    }
}
