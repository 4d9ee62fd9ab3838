package weir.amqp.management;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import weir.core.broker.Deadline;

/**
 * The addresses of the API. A segment in braces stands for any, under that name; where both could be meant, the literal one is.
 * Filled before the server starts, read by any thread after that.
 */
final class Routes {
    /** What is done at an address with one method. */
    record Target(Access access, Handler handler, Duration patience) {}

    /** One address, with the segments that stand for something. */
    record Found(Map<String, Target> methods, Map<String, String> path) {}

    private record Route(List<String> pattern, Map<String, Target> methods) {
        boolean matches(List<String> segments) {
            if (segments.size() != pattern.size()) {
                return false;
            }
            for (int i = 0; i < segments.size(); i++) {
                if (!isVariable(pattern.get(i)) && !pattern.get(i).equals(segments.get(i))) {
                    return false;
                }
            }
            return true;
        }

        Found found(List<String> segments) {
            Map<String, String> path = new TreeMap<>();
            for (int i = 0; i < segments.size(); i++) {
                String name = pattern.get(i);
                if (isVariable(name)) {
                    path.put(name.substring(1, name.length() - 1), segments.get(i));
                }
            }
            return new Found(methods, path);
        }

        long literals() {
            return pattern.stream().filter(each -> !isVariable(each)).count();
        }
    }

    private final Map<String, Route> byPattern = new LinkedHashMap<>();

    private static boolean isVariable(String segment) {
        return segment.startsWith("{");
    }

    Routes get(String address, Access access, Handler handler) {
        return on("GET", address, access, handler);
    }

    Routes put(String address, Access access, Handler handler) {
        return on("PUT", address, access, handler);
    }

    Routes post(String address, Access access, Handler handler) {
        return on("POST", address, access, handler);
    }

    Routes delete(String address, Access access, Handler handler) {
        return on("DELETE", address, access, handler);
    }

    private Routes on(String method, String address, Access access, Handler handler) {
        return on(method, address, access, handler, Deadline.OF_A_CALL);
    }

    /** @param patience how long it may take in all */
    Routes on(String method, String address, Access access, Handler handler, Duration patience) {
        Route route = byPattern.computeIfAbsent(
                address, _ -> new Route(List.of(address.substring(1).split("/", -1)), new TreeMap<>()));
        if (route.methods.put(method, new Target(access, handler, patience)) != null) {
            throw new IllegalStateException(method + " " + address + " is there twice");
        }
        return this;
    }

    /** The address of these segments; empty if there is none. */
    Optional<Found> find(List<String> segments) {
        List<Route> matching = new ArrayList<>(1);
        for (Route route : byPattern.values()) {
            if (route.matches(segments)) {
                matching.add(route);
            }
        }
        return matching.stream()
                .max((one, other) -> Long.compare(one.literals(), other.literals()))
                .map(route -> route.found(segments));
    }
}
