package weir.cluster.replication;

import java.io.IOException;

/** The log's files hold something else than was written, or lack something. The replica does not start on a guess. */
public final class DamagedLogException extends IOException {
    private static final long serialVersionUID = 1;

    public DamagedLogException(String message) {
        super(message);
    }
}
