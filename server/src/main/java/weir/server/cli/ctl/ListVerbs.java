package weir.server.cli.ctl;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/** What there is, in rows; which columns may be chosen, as with RabbitMQ's tool. */
final class ListVerbs {
    private static final String OF_HOST = "[--vhost <vhost>] [--no-table-headers]";

    private ListVerbs() {}

    /**
     * One kind of list.
     *
     * @param known all columns that RabbitMQ has; of those that mean nothing here the value is empty
     * @param usual those of who does not choose
     * @param source what there is
     * @param column of one of them the value in a column
     */
    private record Kind(
            String banner,
            List<String> known,
            List<String> usual,
            BiFunction<Line, Node, JsonNode> source,
            BiFunction<JsonNode, String, JsonNode> column) {
        Output run(Line line, Node node) {
            List<String> columns = line.arguments().isEmpty()
                    ? usual
                    : line.arguments().stream()
                            .flatMap(each -> List.of(each.split("[,\\s]+")).stream())
                            .filter(each -> !each.isEmpty())
                            .toList();
            for (String column : columns) {
                if (!known.contains(column)) {
                    throw CtlFailure.usage(
                            "Info key `" + column + "` is not supported; allowed are " + String.join(", ", known));
                }
            }
            List<List<JsonNode>> rows = new ArrayList<>();
            for (JsonNode each : source.apply(line, node)) {
                rows.add(columns.stream().map(name -> column.apply(each, name)).toList());
            }
            return new Output.Rows(columns, rows);
        }

        Verb verb(String usage) {
            Function<Line, String> said = line -> banner.replace("{vhost}", line.host());
            return new Verb(
                    usage + (known.size() > usual.size() ? " [<column> ...]" : ""), 0, Verb.ANY, said, this::run);
        }
    }

    static Map<String, Verb> all() {
        Map<String, Verb> all = new TreeMap<>();
        all.put(
                "list_queues",
                new Kind(
                                "Listing queues for vhost {vhost} ...",
                                words("name durable auto_delete arguments policy operator_policy"
                                        + " effective_policy_definition pid owner_pid exclusive exclusive_consumer_pid"
                                        + " exclusive_consumer_tag messages_ready messages_unacknowledged messages"
                                        + " messages_ready_ram messages_unacknowledged_ram messages_ram"
                                        + " messages_persistent message_bytes message_bytes_ready"
                                        + " message_bytes_unacknowledged message_bytes_ram message_bytes_persistent"
                                        + " head_message_timestamp disk_reads disk_writes consumers"
                                        + " consumer_utilisation consumer_capacity memory state type leader members"
                                        + " online vhost"),
                                words("name messages"),
                                (line, node) -> ofHost(line, node, "queues"),
                                JsonNode::path)
                        .verb("[--vhost <vhost>] [--online] [--offline] [--local] [--no-table-headers]"));
        all.put(
                "list_exchanges",
                new Kind(
                                "Listing exchanges for vhost {vhost} ...",
                                words("name type durable auto_delete internal arguments policy"),
                                words("name type"),
                                (line, node) -> ofHost(line, node, "exchanges"),
                                JsonNode::path)
                        .verb(OF_HOST));
        all.put(
                "list_bindings",
                new Kind(
                                "Listing bindings for vhost {vhost}...",
                                words(
                                        "source_name source_kind destination_name destination_kind routing_key arguments"),
                                words(
                                        "source_name source_kind destination_name destination_kind routing_key arguments"),
                                (line, node) -> ofHost(line, node, "bindings"),
                                ListVerbs::ofBinding)
                        .verb(OF_HOST));
        all.put(
                "list_consumers",
                new Kind(
                                "Listing consumers in vhost {vhost} ...",
                                words("queue_name channel_pid consumer_tag ack_required prefetch_count active"
                                        + " activity_status arguments"),
                                words(
                                        "queue_name channel_pid consumer_tag ack_required prefetch_count active arguments"),
                                (line, node) -> ofHost(line, node, "consumers"),
                                ListVerbs::ofConsumer)
                        .verb(OF_HOST));
        all.put(
                "list_connections",
                new Kind(
                                "Listing connections ...",
                                words(
                                        "pid name port host peer_port peer_host ssl ssl_protocol ssl_key_exchange ssl_cipher"
                                                + " ssl_hash peer_cert_subject peer_cert_issuer peer_cert_serial_number"
                                                + " peer_cert_validity state channels protocol auth_mechanism user vhost"
                                                + " container_id timeout frame_max channel_max client_properties recv_oct recv_cnt"
                                                + " send_oct send_cnt send_pend connected_at"),
                                words("user peer_host peer_port state"),
                                (_, node) -> node.get("connections"),
                                JsonNode::path)
                        .verb("[--no-table-headers]"));
        all.put(
                "list_channels",
                new Kind(
                                "Listing channels ...",
                                words("pid connection name number user vhost transactional confirm consumer_count"
                                        + " messages_unacknowledged messages_uncommitted acks_uncommitted"
                                        + " messages_unconfirmed prefetch_count global_prefetch_count"),
                                words("pid user consumer_count messages_unacknowledged"),
                                (_, node) -> node.get("channels"),
                                ListVerbs::ofChannel)
                        .verb("[--no-table-headers]"));
        all.put(
                "list_users",
                new Kind(
                                "Listing users ...",
                                words("user tags"),
                                words("user tags"),
                                (_, node) -> node.get("users"),
                                (each, name) -> each.path(name.equals("user") ? "name" : name))
                        .verb("[--no-table-headers]"));
        all.put(
                "list_vhosts",
                new Kind(
                                "Listing vhosts ...",
                                words("name description tags default_queue_type protected_from_deletion tracing"
                                        + " cluster_state metadata"),
                                words("name"),
                                (_, node) -> node.get("vhosts"),
                                JsonNode::path)
                        .verb("[--no-table-headers]"));
        permissions(all);
        policies(all);
        return all;
    }

    private static void permissions(Map<String, Verb> all) {
        all.put(
                "list_permissions",
                new Kind(
                                "Listing permissions for vhost \"{vhost}\" ...",
                                words("user configure write read"),
                                words("user configure write read"),
                                (line, node) -> inHost(line, node, "permissions"),
                                JsonNode::path)
                        .verb(OF_HOST));
        all.put(
                "list_topic_permissions",
                new Kind(
                                "Listing topic permissions for vhost \"{vhost}\" ...",
                                words("user exchange write read"),
                                words("user exchange write read"),
                                (line, node) -> inHost(line, node, "topic-permissions"),
                                JsonNode::path)
                        .verb(OF_HOST));
        all.put("list_user_permissions", ofUser("permissions", words("vhost configure write read")));
        all.put("list_user_topic_permissions", ofUser("topic-permissions", words("vhost exchange write read")));
    }

    private static Verb ofUser(String resource, List<String> columns) {
        return new Verb(
                "<username>",
                1,
                1,
                line -> "Listing permissions for user \"" + line.argument(0) + "\" ...",
                (line, node) -> {
                    Node.Answer answer = node.look(Node.path("users", line.argument(0), resource));
                    if (answer.isMissing()) {
                        throw CtlFailure.noUser(line.argument(0));
                    }
                    List<List<JsonNode>> rows = new ArrayList<>();
                    for (JsonNode each : Node.done(answer).body()) {
                        rows.add(columns.stream().map(each::path).toList());
                    }
                    return new Output.Rows(columns, rows);
                });
    }

    private static void policies(Map<String, Verb> all) {
        List<String> columns = words("vhost name pattern apply-to definition priority");
        for (String operator : List.of("", "operator ")) {
            all.put(
                    "list_" + operator.replace(' ', '_') + "policies",
                    new Kind(
                                    "Listing " + operator + "policies for vhost \"{vhost}\" ...",
                                    columns,
                                    columns,
                                    (line, node) -> ofHost(line, node, operator.replace(' ', '-') + "policies"),
                                    ListVerbs::withJson)
                            .verb(OF_HOST));
        }
        all.put(
                "list_vhost_limits",
                new Kind(
                                "Listing limits for vhost \"{vhost}\" ...",
                                words("vhost limits"),
                                words("vhost limits"),
                                (line, node) -> ofHost(line, node, "vhost-limits"),
                                (each, name) -> name.equals("limits") ? json(each.path("value")) : each.path(name))
                        .verb(OF_HOST));
        all.put(
                "list_user_limits",
                new Kind(
                                "Listing limits for users ...",
                                words("user limits"),
                                words("user limits"),
                                (line, node) -> line.value("user")
                                        .map(user -> node.get(Node.path("user-limits", user)))
                                        .orElseGet(() -> node.get("user-limits")),
                                (each, name) -> name.equals("limits") ? json(each.path("value")) : each.path(name))
                        .verb("[--user <username>] [--no-table-headers]"));
    }

    private static List<String> words(String text) {
        return List.of(text.split(" "));
    }

    private static JsonNode ofHost(Line line, Node node, String resource) {
        return found(node.look(Node.path(resource, line.host())), line);
    }

    private static JsonNode inHost(Line line, Node node, String resource) {
        return found(node.look(Node.path("vhosts", line.host(), resource)), line);
    }

    private static JsonNode found(Node.Answer answer, Line line) {
        if (answer.isMissing()) {
            throw CtlFailure.noVirtualHost(line.host());
        }
        return Node.done(answer).body();
    }

    private static JsonNode ofBinding(JsonNode binding, String column) {
        return switch (column) {
            case "source_name" -> binding.path("source");
            case "source_kind" -> StringNode.valueOf("exchange");
            case "destination_name" -> binding.path("destination");
            case "destination_kind" -> binding.path("destination_type");
            default -> binding.path(column);
        };
    }

    private static JsonNode ofConsumer(JsonNode consumer, String column) {
        return switch (column) {
            case "queue_name" -> consumer.path("queue").path("name");
            case "channel_pid" -> consumer.path("channel_details").path("name");
            default -> consumer.path(column);
        };
    }

    private static JsonNode ofChannel(JsonNode channel, String column) {
        return switch (column) {
            case "pid" -> channel.path("name");
            case "connection" -> channel.path("connection_details").path("name");
            default -> channel.path(column);
        };
    }

    /** A definition is shown as what was given. */
    private static JsonNode withJson(JsonNode policy, String column) {
        return column.equals("definition") ? json(policy.path(column)) : policy.path(column);
    }

    private static JsonNode json(JsonNode value) {
        return StringNode.valueOf(Node.JSON.writeValueAsString(value));
    }
}
