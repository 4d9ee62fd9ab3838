package weir.kafka.session;

import org.apache.kafka.common.protocol.ApiKeys;
import weir.core.Check;

/** A kind of request, and the versions in which it is served. */
public record Served(ApiKeys key, int oldest, int newest) {
    public Served {
        Check.inRange("oldest version", oldest, key.oldestVersion(), key.latestVersion());
        Check.inRange("newest version", newest, oldest, key.latestVersion());
    }

    /** In each version that Kafka itself takes for stable. */
    public static Served whole(ApiKeys key) {
        return new Served(key, key.oldestVersion(), key.latestVersion(false));
    }

    boolean has(short version) {
        return version >= oldest && version <= newest;
    }
}
