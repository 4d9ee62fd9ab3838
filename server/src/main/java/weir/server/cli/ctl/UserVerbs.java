package weir.server.cli.ctl;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Users, their tags, and what they may do. */
final class UserVerbs {
    private UserVerbs() {}

    static Map<String, Verb> all() {
        Map<String, Verb> all = new TreeMap<>();
        all.put(
                "add_user",
                new Verb(
                        "[--pre-hashed-password] <username> <password>",
                        1,
                        2,
                        line -> "Adding user \"" + line.argument(0) + "\" ...",
                        Verb.quiet(UserVerbs::add)));
        all.put(
                "delete_user",
                new Verb(
                        "<username>",
                        1,
                        1,
                        line -> "Deleting user \"" + line.argument(0) + "\" ...",
                        Verb.quiet(UserVerbs::delete)));
        all.put(
                "change_password",
                new Verb(
                        "<username> <password>",
                        1,
                        2,
                        line -> "Changing password for user \"" + line.argument(0) + "\" ...",
                        Verb.quiet(UserVerbs::changePassword)));
        all.put(
                "clear_password",
                new Verb(
                        "<username>",
                        1,
                        1,
                        line -> "Clearing password for user \"" + line.argument(0) + "\" ...",
                        Verb.quiet((line, node) -> {
                            ObjectNode user = user(line.argument(0), node);
                            user.remove(List.of("hashing_algorithm"));
                            node.put(path(line.argument(0)), user.put("password_hash", ""));
                        })));
        all.put(
                "set_user_tags",
                new Verb(
                        "<username> <tag> [...]",
                        1,
                        Verb.ANY,
                        line -> "Setting tags for user \"" + line.argument(0) + "\" to ["
                                + String.join(
                                        ", ",
                                        line.arguments()
                                                .subList(1, line.arguments().size())) + "] ...",
                        Verb.quiet(UserVerbs::setTags)));
        all.put(
                "authenticate_user",
                new Verb(
                        "<username> <password>",
                        1,
                        2,
                        line -> "Authenticating user \"" + line.argument(0) + "\" ...",
                        UserVerbs::authenticate));
        all.put(
                "set_permissions",
                new Verb(
                        "[--vhost <vhost>] <username> <conf> <write> <read>",
                        4,
                        4,
                        line -> "Setting permissions for user \"" + line.argument(0) + "\" in vhost \"" + line.host()
                                + "\" ...",
                        Verb.quiet((line, node) -> permit(
                                line,
                                node,
                                "permissions",
                                Node.object()
                                        .put("configure", line.argument(1))
                                        .put("write", line.argument(2))
                                        .put("read", line.argument(3))))));
        all.put(
                "clear_permissions",
                new Verb(
                        "[--vhost <vhost>] <username>",
                        1,
                        1,
                        line -> "Clearing permissions for user \"" + line.argument(0) + "\" in vhost \"" + line.host()
                                + "\" ...",
                        Verb.quiet((line, node) -> {
                            check(line, node);
                            doneOrMissing(node.delete(Node.path("permissions", line.host(), line.argument(0))));
                        })));
        all.put(
                "set_topic_permissions",
                new Verb(
                        "[--vhost <vhost>] <username> <exchange> <write> <read>",
                        4,
                        4,
                        line -> "Setting topic permissions on \"" + line.argument(1) + "\" for user \""
                                + line.argument(0) + "\" in vhost \"" + line.host() + "\" ...",
                        Verb.quiet((line, node) -> permit(
                                line,
                                node,
                                "topic-permissions",
                                Node.object()
                                        .put("exchange", line.argument(1))
                                        .put("write", line.argument(2))
                                        .put("read", line.argument(3))))));
        all.put(
                "clear_topic_permissions",
                new Verb(
                        "[--vhost <vhost>] <username> [<exchange>]",
                        1,
                        2,
                        line -> "Clearing topic permissions for user \"" + line.argument(0) + "\" in vhost \""
                                + line.host() + "\" ...",
                        Verb.quiet(UserVerbs::clearTopics)));
        all.put(
                "set_user_limits",
                new Verb(
                        "<username> <definition>",
                        2,
                        2,
                        line -> "Setting user limits to \"" + line.argument(1) + "\" for user \"" + line.argument(0)
                                + "\" ...",
                        Verb.quiet((line, node) -> {
                            user(line.argument(0), node);
                            Limits.set(node, "user-limits", line.argument(0), line.argument(1));
                        })));
        all.put(
                "clear_user_limits",
                new Verb(
                        "<username> <limit> | all",
                        2,
                        2,
                        line -> "Clearing \"" + line.argument(1) + "\" limits for user \"" + line.argument(0)
                                + "\" ...",
                        Verb.quiet((line, node) -> {
                            user(line.argument(0), node);
                            Limits.clear(
                                    node,
                                    "user-limits",
                                    line.argument(0),
                                    line.argument(1).equals("all")
                                            ? List.of("max-connections", "max-channels")
                                            : List.of(line.argument(1)));
                        })));
        return all;
    }

    private static String path(String user) {
        return Node.path("users", user);
    }

    /** What is said of him, for all to be said again but what changes. */
    private static ObjectNode user(String name, Node node) {
        Node.Answer answer = node.look(path(name));
        if (answer.isMissing()) {
            throw CtlFailure.noUser(name);
        }
        JsonNode there = Node.done(answer).body();
        ObjectNode user = Node.object();
        for (String each : List.of("password_hash", "hashing_algorithm", "tags")) {
            if (there.has(each)) {
                user.set(each, there.get(each));
            }
        }
        return user;
    }

    private static String password(Line line) {
        if (line.arguments().size() > 1) {
            return line.argument(1);
        }
        try {
            String typed = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
            if (typed == null) {
                throw new CtlFailure(CtlFailure.DATA, "Password is not provided via argument or stdin");
            }
            return typed;
        } catch (IOException e) {
            throw new CtlFailure(CtlFailure.DATA, "The password cannot be read: " + e.getMessage());
        }
    }

    private static void add(Line line, Node node) {
        String name = line.argument(0);
        if (!node.look(path(name)).isMissing()) {
            throw new CtlFailure(CtlFailure.SOFTWARE, "User \"" + name + "\" already exists");
        }
        String kind = line.has("pre-hashed-password") ? "password_hash" : "password";
        node.put(path(name), Node.object().put(kind, password(line)).put("tags", ""));
    }

    private static void delete(Line line, Node node) {
        Node.Answer answer = node.delete(path(line.argument(0)));
        if (answer.isMissing()) {
            throw CtlFailure.noUser(line.argument(0));
        }
        Node.done(answer);
    }

    private static void changePassword(Line line, Node node) {
        ObjectNode user = user(line.argument(0), node);
        user.remove(List.of("password_hash", "hashing_algorithm"));
        node.put(path(line.argument(0)), user.put("password", password(line)));
    }

    private static void setTags(Line line, Node node) {
        ObjectNode user = user(line.argument(0), node);
        List<String> tags = line.arguments().subList(1, line.arguments().size());
        node.put(path(line.argument(0)), user.put("tags", String.join(",", tags)));
    }

    private static Output authenticate(Line line, Node node) {
        String name = line.argument(0);
        JsonNode answer = node.post(
                "operator/authenticate", Node.object().put("name", name).put("password", password(line)));
        if (answer.path("accepted").asBoolean(false)) {
            return new Output.Said("Success");
        }
        throw new CtlFailure(
                CtlFailure.DATA,
                "Error: failed to authenticate user \"" + name + "\"\n"
                        + answer.path("reason").asString(""));
    }

    // ---- Permissions

    /** RabbitMQ says which of the two is missing. */
    private static void check(Line line, Node node) {
        user(line.argument(0), node);
        HostVerbs.check(line.host(), node);
    }

    private static void permit(Line line, Node node, String what, ObjectNode permission) {
        check(line, node);
        node.put(Node.path(what, line.host(), line.argument(0)), permission);
    }

    private static void clearTopics(Line line, Node node) {
        check(line, node);
        String all = Node.path("topic-permissions", line.host(), line.argument(0));
        if (line.arguments().size() == 1) {
            doneOrMissing(node.delete(all));
        } else {
            doneOrMissing(node.delete(all + "/" + Node.path(line.argument(1))));
        }
    }

    /** There need be none. */
    private static void doneOrMissing(Node.Answer answer) {
        if (!answer.isMissing()) {
            Node.done(answer);
        }
    }
}
