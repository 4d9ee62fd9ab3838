package weir.server.cli.ctl;

import java.util.Map;
import java.util.TreeMap;

/** Deletes and empties queues. */
final class QueueVerbs {
    private QueueVerbs() {}

    static Map<String, Verb> all() {
        Map<String, Verb> all = new TreeMap<>();
        all.put(
                "delete_queue",
                new Verb(
                        "[--vhost <vhost>] <queue_name> [--if-empty|-e] [--if-unused|-u]",
                        1,
                        1,
                        line -> "Deleting queue '" + line.argument(0) + "' on vhost '" + line.host() + "' ...",
                        QueueVerbs::delete));
        all.put(
                "purge_queue",
                new Verb(
                        "[--vhost <vhost>] <queue>",
                        1,
                        1,
                        line -> "Purging queue '" + line.argument(0) + "' in vhost '" + line.host() + "' ...",
                        Verb.quiet((line, node) -> Node.done(found(
                                line, node.delete(Node.path("queues", line.host(), line.argument(0), "contents")))))));
        return all;
    }

    private static Output delete(Line line, Node node) {
        long messages = found(line, node.look(Node.path("queues", line.host(), line.argument(0))))
                .body()
                .path("messages_ready")
                .asLong(0);
        String conditions =
                (line.has("if-empty") ? "if-empty=true&" : "") + (line.has("if-unused") ? "if-unused=true" : "");
        Node.Answer answer = node.delete(
                Node.path("queues", line.host(), line.argument(0)) + (conditions.isEmpty() ? "" : "?" + conditions));
        if (answer.status() == 400) {
            String reason = answer.body().path("reason").asString("");
            throw CtlFailure.usage(
                    reason.contains("not empty")
                            ? "The queue is not empty"
                            : reason.contains("in use") ? "The queue is in use" : reason);
        }
        Node.done(answer);
        return new Output.Said("Queue was successfully deleted with " + messages + " ready messages");
    }

    private static Node.Answer found(Line line, Node.Answer answer) {
        if (answer.isMissing()) {
            throw CtlFailure.usage(
                    "No such queue was found: '" + line.argument(0) + "' in vhost '" + line.host() + "'");
        }
        return answer;
    }
}
