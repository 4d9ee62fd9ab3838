package weir.admin;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What travels over HTTP, as JSON objects with these fields. Durations are text such as {@code 30s}. */
final class Wire {
    private Wire() {}

    /**
     * @param partitions one if not given
     * @param settings those that differ from the defaults; null for none
     */
    record CreateQueue(
            @Nullable String name,
            @Nullable Integer partitions,
            @Nullable JsonNode settings) {}

    /** @param revision if given, the change is only made to the queue as it was at that revision */
    record UpdateQueue(@Nullable Long revision, @Nullable JsonNode settings) {}

    /** Which sides to pause or resume; neither given means both. */
    record Sides(@Nullable Boolean publish, @Nullable Boolean delivery) {}

    /** @param shard that of the first partition; the others are in the next ones */
    record QueueView(
            String name,
            long id,
            int shard,
            int partitions,
            long revision,
            String createdAt,
            String modifiedAt,
            @Nullable Counters counters,
            JsonNode settings,
            Map<String, String> labels) {}

    record Counters(
            long ready,
            long delayed,
            long leased,
            long departing,
            long bytes,
            @Nullable String oldestAt) {}

    /** @param next what to give as {@code after} for the next page; left out on the last */
    record QueuePage(List<QueueView> queues, @Nullable String next) {}

    record Send(@Nullable List<@Nullable Outgoing> messages) {}

    /** One of body and bodyBase64; {@code expiresAfter} and {@code delay} count from now. */
    record Outgoing(
            @Nullable String body,
            @Nullable String bodyBase64,
            @Nullable List<@Nullable HeaderJson> headers,
            @Nullable String group,
            @Nullable String deduplicationId,
            @Nullable Integer priority,
            @Nullable String delay,
            @Nullable String expiresAfter) {}

    /** One of value and valueBase64; type is {@code String} or {@code Binary} accordingly, unless given. */
    record HeaderJson(
            @Nullable String name,
            @Nullable String type,
            @Nullable String value,
            @Nullable String valueBase64) {}

    record Sent(List<SentMessage> messages) {}

    /** The first three of a message that is in the queue; the last two of one that is not, or of which it is not known. */
    record SentMessage(
            @Nullable String position,
            @Nullable String publishedAt,
            @Nullable Boolean duplicate,
            @Nullable String code,
            @Nullable String message) {}

    /** @param autoAcknowledge whether the messages are done once they are on their way here: at most once */
    record Receive(
            @Nullable Integer max,
            @JsonProperty("wait") @Nullable String patience,
            @Nullable String lease,
            @Nullable Boolean autoAcknowledge) {}

    record Received(List<MessageView> messages, boolean tooManyInFlight) {}

    /** @param bodyTruncated whether less than bodyBytes is shown; left out where not */
    record MessageView(
            String position,
            @Nullable String state,
            @Nullable String token,
            @Nullable String leasedUntil,
            int attempts,
            String publishedAt,
            @Nullable String deliverAt,
            @Nullable String expiresAt,
            int priority,
            @Nullable String group,
            @Nullable String deduplicationId,
            @Nullable OriginView origin,
            List<HeaderJson> headers,
            int bodyBytes,
            @Nullable Boolean bodyTruncated,
            @Nullable String body,
            @Nullable String bodyBase64) {}

    /** Where a dead-lettered message was before; a queue that is gone has no name any more. */
    record OriginView(long queueId, String position, long fromQueueId, String reason) {}

    /** @param next what to give as {@code from} for the next page; left out if this one came to the end */
    record PeekPage(List<MessageView> messages, @Nullable String next) {}

    /** The lease is for extend, the delay for release. */
    record Settle(
            @Nullable List<@Nullable String> tokens,
            @Nullable String delay,
            @Nullable String lease) {}

    /** @param positions as a look at the queue shows them */
    record Cancel(@Nullable List<@Nullable String> positions) {}

    /** One for each token, or position, in order. */
    record Settled(List<String> outcomes) {}

    /** @param now the server's time */
    record Clock(String now) {}

    record Advance(@Nullable String advance) {}

    /** A body that says nothing. */
    record Nothing() {}

    /** @param account the server's own if not given */
    record CreateUser(@Nullable String name, @Nullable String account) {}

    record UserView(String name, String id, String account, String createdAt) {}

    /** @param next what to give as {@code after} for the next page; left out on the last */
    record UserPage(List<UserView> users, @Nullable String next) {}

    /** @param lifetime after which the key ends by itself; null for a lasting one */
    record CreateKey(@Nullable String lifetime) {}

    /** @param enabled whether the key may be used */
    record UpdateKey(@Nullable Boolean enabled) {}

    /** The one time that the secrets are shown. */
    record NewKey(
            String id,
            String user,
            String secret,
            @Nullable String sessionToken,
            String createdAt,
            @Nullable String expiresAt) {
        /** Without the secrets: a record's own would show them. */
        @Override
        public String toString() {
            return "NewKey[" + id + " of " + user + "]";
        }
    }

    record KeyView(
            String id,
            String user,
            boolean enabled,
            String createdAt,
            @Nullable String expiresAt) {}

    record Keys(List<KeyView> keys) {}

    /** @param force also if it has replicas, as it is dead and will not come back */
    record RemoveNode(@Nullable Boolean force) {}

    /** @param dryRun whether to tell only what would be done */
    record Rebalance(@Nullable Boolean dryRun) {}

    /** @param node the one that is to lead */
    record TransferLeader(@Nullable Integer node) {}

    /** @param messages what was done, and what follows by itself */
    record ClusterDone(List<String> messages) {}

    /**
     * @param clustered whether there is a cluster; if not, {@code message} says so and there is nothing else
     * @param seenBy the node that has looked
     * @param catalogLeader the node that places replicas; left out if none leads
     * @param troubles what is not as it should be, in sentences
     */
    record ClusterStatus(
            boolean clustered,
            @Nullable String message,
            @Nullable Integer seenBy,
            @Nullable Integer catalogLeader,
            @Nullable Integer replicasWanted,
            @Nullable String replaceAfter,
            @Nullable String edition,
            List<ClusterNodeView> nodes,
            List<ClusterGroupView> groups,
            List<String> troubles) {}

    /** @param since for how long it has been alive, or silent */
    record ClusterNodeView(
            int node,
            String address,
            String rack,
            String state,
            boolean alive,
            String since,
            String joinedAt,
            int leaders,
            int replicas,
            long bytes) {}

    /**
     * @param name {@code catalog}, or a shard's number
     * @param bytesPerSecond of entries, over the last minute or so; left out if not known
     */
    record ClusterGroupView(
            String name,
            @Nullable Integer leader,
            @Nullable Integer preferred,
            List<ClusterReplicaView> replicas,
            @Nullable Long bytesPerSecond,
            @Nullable Long commandsPerSecond,
            String why,
            @Nullable String trouble) {}

    /** @param lag entries that it lacks of the leader's; left out if not known */
    record ClusterReplicaView(
            int node,
            String role,
            @Nullable Long lag,
            @Nullable Long bytes,
            @Nullable String trouble) {}

    record Health(String status) {}

    record Version(String version, String java) {}
}
