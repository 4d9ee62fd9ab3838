package weir.kafka.session;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.protocol.ApiKeys;

/** Which class answers which request. */
public final class Dispatch {
    private final Map<ApiKeys, Handler> handlers = new EnumMap<>(ApiKeys.class);
    private final Pipelined pipelined;
    private final ApiVersions versions;

    /** @throws IllegalArgumentException if two answer the same */
    public Dispatch(Collection<? extends Handler> all, Pipelined pipelined) {
        this.pipelined = pipelined;
        all.forEach(this::add);
        List<Served> served = new ArrayList<>(List.of(pipelined.served()));
        handlers.values().forEach(handler -> served.add(handler.served()));
        versions = new ApiVersions(served);
        add(versions);
    }

    private void add(Handler handler) {
        ApiKeys key = handler.served().key();
        if (key == pipelined.served().key() || handlers.put(key, handler) != null) {
            throw new IllegalArgumentException("two handlers answer " + key);
        }
    }

    /** Empty if that key, or that version of it, is not served. */
    Optional<Handler> handler(ApiKeys key, short version) {
        return Optional.ofNullable(handlers.get(key))
                .filter(handler -> handler.served().has(version));
    }

    Pipelined pipelined() {
        return pipelined;
    }

    ApiVersions versions() {
        return versions;
    }
}
