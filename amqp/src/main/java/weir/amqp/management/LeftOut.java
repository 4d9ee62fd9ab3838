package weir.amqp.management;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an import has not made of what is in a file, and why: for who imports it, and for the log. Belongs to one thread. */
final class LeftOut {
    private static final Logger LOG = LoggerFactory.getLogger(LeftOut.class);

    private final List<Facts> all = new ArrayList<>();

    /** @param kind what it is in the file */
    void add(String kind, String host, String name, String reason) {
        LOG.warn("The {} '{}' of virtual host '{}' is not imported as it is: {}", kind, name, host, reason);
        all.add(new Facts()
                .with("kind", kind)
                .with("vhost", host)
                .with("name", name)
                .with("reason", reason));
    }

    List<Facts> all() {
        return all;
    }
}
