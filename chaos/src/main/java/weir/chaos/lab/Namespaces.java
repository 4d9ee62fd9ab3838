package weir.chaos.lab;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Network, mounts and processes apart from the machine's. */
public final class Namespaces {
    /**
     * As the first process of its namespace, the program takes all others with it when it ends, and {@code kill-child}
     * ends it when unshare is killed.
     */
    private static final List<String> UNSHARE =
            List.of("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc");

    private Namespaces() {}

    /** A command that runs {@code command} in namespaces of its own. */
    public static List<String> enter(List<String> command) {
        List<String> all = new ArrayList<>(UNSHARE);
        all.addAll(command);
        return all;
    }

    /** Why they cannot be made here; empty if they can. */
    public static Optional<String> hindrance() throws InterruptedException {
        try {
            Shell.run(enter(List.of(
                    "sh",
                    "-c",
                    "ip link add weir0 type veth peer name weir1 && ip rule add from 10.7.0.1 to 10.7.0.2 blackhole"
                            + " && mount -t tmpfs none /run && command -v mkfs.ext4 tc nsenter")));
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("network namespaces cannot be made here, which takes Linux, root, iproute2 and"
                    + " e2fsprogs (" + e.getMessage() + ")");
        }
    }
}
