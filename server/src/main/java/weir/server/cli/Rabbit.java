package weir.server.cli;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What several commands do with RabbitMQ's resources. */
final class Rabbit {
    private Rabbit() {}

    /** Sets limits of a user or a virtual host; those that were not given stay as they are. */
    static void limit(
            Remote remote,
            String resource,
            String whose,
            String first,
            @Nullable Long firstMost,
            String second,
            @Nullable Long secondMost) {
        if (firstMost == null && secondMost == null) {
            throw new CommandFailure(
                    ExitCode.USAGE, "nothing to limit; name one, such as --connections 100 (see --help)");
        }
        try (AdminClient client = remote.connect()) {
            limit(client, resource, whose, first, firstMost);
            limit(client, resource, whose, second, secondMost);
            remote.show(AdminClient.JSON.nullNode(), "limits of " + whose + " are set");
        }
    }

    private static void limit(AdminClient client, String resource, String whose, String name, @Nullable Long most) {
        if (most == null) {
            return;
        }
        String path = AdminClient.rabbit(resource, whose, name);
        if (most < 0) {
            client.deleteIfThere(path);
        } else {
            ObjectNode body = AdminClient.JSON.createObjectNode().put("value", most.longValue());
            client.put(path, body);
        }
    }
}
