package weir.sqs.sns;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;
import weir.sqs.action.Call;
import weir.sqs.action.QueueArns;
import weir.sqs.auth.Principal;
import weir.sqs.wire.Fields;
import weir.sqs.wire.SnsError;
import weir.sqs.wire.SnsException;
import weir.sqs.wire.Value;

/** The actions on subscriptions. */
final class SubscriptionActions {
    /** AWS knows these too. */
    private static final Set<String> NOT_SERVED =
            Set.of("email", "email-json", "sms", "lambda", "firehose", "application");

    private static final Pattern PHONE_NUMBER = Pattern.compile("\\+?\\d++([.-]\\d++)*+");

    private static final String PENDING = "pending confirmation";
    private static final String PENDING_IN_LIST = "PendingConfirmation";
    private static final int PORT_MAX = 65_535;

    private final Topics topics;
    private final Subscriptions subscriptions;
    private final TopicNames names;
    private final QueueArns queues;
    private final Definitions definitions;
    private final ConfirmationSender confirmations;

    SubscriptionActions(
            Topics topics,
            Subscriptions subscriptions,
            TopicNames names,
            QueueArns queues,
            Definitions definitions,
            ConfirmationSender confirmations) {
        this.topics = topics;
        this.subscriptions = subscriptions;
        this.names = names;
        this.queues = queues;
        this.definitions = definitions;
        this.confirmations = confirmations;
    }

    Fields subscribe(Call call) throws OutcomeUnknownException, InterruptedException {
        Topic topic = topic(call);
        String named = given(call, "Protocol");
        Map<String, String> asked = call.input().textMap("Attributes");
        if (NOT_SERVED.contains(named)) { // What is wrong with the rest is said first.
            SubscriptionAttributes.create(topic, given(call, "Endpoint"), asked);
            String number = given(call, "Endpoint");
            if (named.equals("sms") && !PHONE_NUMBER.matcher(number).matches()) {
                throw SnsError.INVALID_PARAMETER.because("Invalid SMS endpoint: " + number);
            }
        }
        Protocol protocol = protocol(named);
        String endpoint = endpoint(topic, protocol, given(call, "Endpoint"));
        SortedMap<String, String> attributes = SubscriptionAttributes.create(topic, endpoint, asked);
        String name = TopicNames.subscriptionName(topic.name(), id(topic, protocol, endpoint));
        var subscriber = Subscription.Subscriber.of(call.requester().principal(), topic);
        Subscription subscription = create(topic, name, protocol, endpoint, subscriber, attributes, asked);
        if (!subscription.pending()) {
            return new Fields().put("SubscriptionArn", subscription.arn());
        }
        confirmations.askToConfirm(topic, subscription, call.endpoint());
        boolean told = new Value.Flag(true).equals(call.input().values().get("ReturnSubscriptionArn"));
        return new Fields().put("SubscriptionArn", told ? subscription.arn() : PENDING);
    }

    private Subscription create(
            Topic topic,
            String name,
            Protocol protocol,
            String endpoint,
            Subscription.Subscriber subscriber,
            SortedMap<String, String> attributes,
            Map<String, String> asked)
            throws OutcomeUnknownException, InterruptedException {
        Optional<Subscription> existing = subscriptions.named(name);
        if (existing.isEmpty()) {
            if (attributes.containsKey(Subscription.FILTER_POLICY)) {
                checkFilterPolicies(topic);
            }
            if (subscriptions.count(topic) >= SnsQuotas.SUBSCRIPTIONS_MAX) {
                throw SnsError.SUBSCRIPTION_LIMIT_EXCEEDED.because(
                        "A topic can have " + SnsQuotas.SUBSCRIPTIONS_MAX + " subscriptions here.");
            }
            var confirmation =
                    switch (protocol) {
                        case SQS -> Subscription.Confirmation.NOT_NEEDED;
                        case HTTP, HTTPS -> Subscription.Confirmation.awaited(SubscriptionToken.newToken(name));
                    };
            CatalogReply.Defined made = definitions.create(
                    name, Subscription.definition(topic, protocol, endpoint, subscriber, attributes, confirmation));
            existing = Optional.of(subscriptions.of(made.definition()));
            if (!made.existed()) {
                return existing.get();
            }
        }
        if (!SubscriptionAttributes.agree(topic, existing.get(), asked)) {
            throw SnsError.invalidParameter("Attributes Reason: Subscription already exists with different attributes");
        }
        return existing.get();
    }

    /** Whether there may be one more. Two at the same time may both be let through: it is memory that is to be bounded. */
    private void checkFilterPolicies(Topic topic) {
        if (subscriptions.filterPolicies(topic, SnsQuotas.FILTER_POLICIES_OF_TOPIC_MAX)
                >= SnsQuotas.FILTER_POLICIES_OF_TOPIC_MAX) {
            throw SnsError.FILTER_POLICY_LIMIT_EXCEEDED.because("The number of filter policies of the topic exceeds the"
                    + " limit of " + SnsQuotas.FILTER_POLICIES_OF_TOPIC_MAX + ".");
        }
        if (subscriptions.filterPolicies(null, SnsQuotas.FILTER_POLICIES_MAX) >= SnsQuotas.FILTER_POLICIES_MAX) {
            throw SnsError.FILTER_POLICY_LIMIT_EXCEEDED.because("The number of filter policies in your account exceeds"
                    + " the limit of " + SnsQuotas.FILTER_POLICIES_MAX + ".");
        }
    }

    /**
     * The same for the same topic, protocol and endpoint, so that the catalog sees to it that there is only one such
     * subscription, whoever asks for it at the same time.
     */
    private static String id(Topic topic, Protocol protocol, String endpoint) {
        String text = topic.name() + '\n' + topic.incarnation() + '\n' + protocol + '\n' + endpoint;
        ByteBuffer hash;
        try {
            hash = ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has it", e);
        }
        long high = (hash.getLong() & ~0xF000L) | 0x4000L; // The form that AWS's have.
        long low = (hash.getLong() & ~(3L << 62)) | (1L << 63);
        return new UUID(high, low).toString();
    }

    private static Protocol protocol(String name) {
        Protocol protocol = Protocol.of(name);
        if (protocol != null) {
            return protocol;
        }
        throw NOT_SERVED.contains(name)
                ? SnsError.invalidParameter(
                        "Protocol Reason: " + name + " is not served here, but sqs, http and https are")
                : SnsError.invalidParameter("Amazon SNS does not support this protocol string: " + name);
    }

    private String endpoint(Topic topic, Protocol protocol, String endpoint)
            throws OutcomeUnknownException, InterruptedException {
        if (endpoint.length() > SnsQuotas.ENDPOINT_CHARS_MAX) {
            throw SnsError.invalidParameter(
                    "Endpoint Reason: must be at most " + SnsQuotas.ENDPOINT_CHARS_MAX + " characters long");
        }
        switch (protocol) {
            case SQS -> checkQueue(topic, endpoint);
            case HTTP, HTTPS -> {
                checkUrl(topic, protocol, endpoint);
                if (!confirmations.sendsHttp()) {
                    throw SnsError.invalidParameter("Protocol Reason: sending to HTTP endpoints is switched off here");
                }
            }
        }
        return endpoint;
    }

    /**
     * A queue need not exist. One that does not is delivered to once it does; but what is something else by that name, a stream,
     * would only pile up messages that nobody can receive.
     */
    private void checkQueue(Topic topic, String arn) throws OutcomeUnknownException, InterruptedException {
        String[] parts = arn.split(":", -1);
        if (parts.length != Arn.PARTS || !parts[0].equals("arn") || !parts[Arn.SERVICE].equals("sqs")) {
            throw notAnEndpoint();
        }
        if (queues.namesAnother(arn)) {
            throw notAnEndpoint();
        }
        if (TopicNames.isFifo(arn) && !topic.fifo()) { // AWS does say the first words twice.
            throw SnsError.invalidParameter(
                    "Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics");
        }
    }

    private static SnsException notAnEndpoint() {
        return SnsError.invalidParameter("SQS endpoint ARN");
    }

    private static void checkUrl(Topic topic, Protocol protocol, String url) {
        if (!url.startsWith(protocol.wireName() + "://")) {
            throw SnsError.invalidParameter("Endpoint must match the specified protocol");
        }
        try {
            URI uri = new URI(url);
            if (uri.getHost() == null) {
                throw SnsError.invalidParameter("Endpoint Reason: the URL names no host");
            }
            if (uri.getPort() > PORT_MAX) { // Else nothing could ever be sent there.
                throw SnsError.invalidParameter("Endpoint Reason: the URL's port is above " + PORT_MAX);
            }
        } catch (URISyntaxException _) {
            throw SnsError.invalidParameter("Endpoint Reason: is no URL");
        }
        if (topic.fifo()) {
            throw SnsError.invalidParameter(
                    "Invalid parameter: Endpoint Reason: only SQS queues can be subscribed to FIFO topics");
        }
    }

    /** Goes by the token alone, as AWS does: the topic has but to be of this region. */
    Fields confirm(Call call) throws OutcomeUnknownException, InterruptedException {
        checkRegion(given(call, "TopicArn"));
        String token = given(call, "Token");
        if (!SubscriptionToken.isToken(token)) {
            throw SnsError.INVALID_PARAMETER.because("Invalid token");
        }
        String name = SubscriptionToken.subscriptionName(token);
        if (name == null) {
            throw unknownToken();
        }
        Optional<Subscription> known = withToken(name, token);
        if (known.isEmpty()) { // It may have been made, or its token changed, through another node just now.
            subscriptions.catchUp();
            known = withToken(name, token);
        }
        Subscription subscription = known.orElseThrow(SubscriptionActions::unknownToken);
        boolean signed = !(call.requester().principal() instanceof Principal.Anonymous);
        boolean authenticated = signed && Boolean.parseBoolean(call.input().text("AuthenticateOnUnsubscribe"));
        var confirmed = new Subscription.Confirmation(token, false, authenticated);
        if (subscription.pending()
                && !definitions.update(subscription.name(), before -> Subscription.with(before, confirmed))) {
            throw unknownToken();
        }
        return new Fields().put("SubscriptionArn", subscription.arn());
    }

    private Optional<Subscription> withToken(String name, String token) {
        return subscriptions
                .named(name)
                .filter(found -> SubscriptionToken.equal(found.confirmation().token(), token))
                .filter(this::isOfItsTopic);
    }

    private void checkRegion(String arn) {
        String[] parts = arn.split(":", Arn.PARTS);
        if (parts.length < Arn.PARTS || !parts[Arn.REGION].equals(names.region())) {
            throw SnsError.invalidParameter("Topic");
        }
    }

    private static SnsException unknownToken() {
        return SnsError.invalidParameter("Token");
    }

    Fields unsubscribe(Call call) throws OutcomeUnknownException, InterruptedException {
        String name = names.subscription(given(call, "SubscriptionArn"));
        if (name != null) {
            Optional<Subscription> ended = subscriptions.anywhere(name);
            definitions.remove(name);
            ended.ifPresent(subscription -> tell(subscription, call.endpoint()));
        }
        return new Fields();
    }

    /** A queue has nobody to be told; an endpoint that never agreed need not be. */
    private void tell(Subscription ended, String serviceEndpoint) {
        if (ended.protocol() != Protocol.SQS && !ended.pending()) {
            topics.named(ended.topic())
                    .ifPresent(topic -> confirmations.tellUnsubscribed(topic, ended, serviceEndpoint));
        }
    }

    Fields list(Call call) {
        return page(call, subscriptions::list);
    }

    Fields listByTopic(Call call) throws OutcomeUnknownException, InterruptedException {
        Topic topic = topic(call);
        return page(call, (after, max) -> subscriptions.list(topic, after, max));
    }

    private static Fields page(Call call, Pages.Lister<Subscription> lister) {
        return Pages.page(call, "Subscriptions", lister, Subscription::name, SubscriptionActions::shown);
    }

    private static Fields shown(Subscription subscription) {
        return new Fields()
                .put("SubscriptionArn", subscription.pending() ? PENDING_IN_LIST : subscription.arn())
                .put("Owner", subscription.subscriber().account())
                .put("Protocol", subscription.protocol().wireName())
                .put("Endpoint", subscription.endpoint())
                .put("TopicArn", subscription.topicArn());
    }

    Fields attributes(Call call) throws OutcomeUnknownException, InterruptedException {
        Subscription subscription = subscription(call);
        Fields attributes = new Fields();
        SubscriptionAttributes.known(topicOf(subscription), subscription).forEach(attributes::put);
        return new Fields().put("Attributes", attributes);
    }

    Fields setAttributes(Call call) throws OutcomeUnknownException, InterruptedException {
        Subscription named = subscription(call);
        Topic topic = topicOf(named);
        String attribute = given(call, "AttributeName");
        String value = given(call, "AttributeValue");
        boolean fresh = attribute.equals(Subscription.FILTER_POLICY) && !value.isEmpty() && named.filter() == null;
        if (fresh) {
            SubscriptionAttributes.change(topic, named, attribute, value); // What is wrong with it is said first.
            checkFilterPolicies(topic);
        }
        if (!definitions.update(named.name(), before -> changed(topic, before, attribute, value))) {
            throw notThere();
        }
        return new Fields();
    }

    private SortedMap<String, String> changed(Topic topic, Definition before, String attribute, String value) {
        Subscription subscription = subscriptions.of(before);
        return Subscription.with(before, SubscriptionAttributes.change(topic, subscription, attribute, value));
    }

    private Topic topic(Call call) throws OutcomeUnknownException, InterruptedException {
        return topics.given("TopicArn", given(call, "TopicArn"));
    }

    private Subscription subscription(Call call) throws OutcomeUnknownException, InterruptedException {
        String name = names.subscription(given(call, "SubscriptionArn"));
        Optional<Subscription> known = name == null ? Optional.empty() : subscriptions.anywhere(name);
        return known.filter(this::isOfItsTopic).orElseThrow(SubscriptionActions::notThere);
    }

    /** Not so if its topic was deleted, and it is left only because that was cut short. */
    private boolean isOfItsTopic(Subscription subscription) {
        return topics.named(subscription.topic())
                .filter(topic -> topic.incarnation() == subscription.incarnation())
                .isPresent();
    }

    private Topic topicOf(Subscription subscription) {
        return topics.named(subscription.topic()).orElseThrow(SubscriptionActions::notThere);
    }

    private static SnsException notThere() {
        return SnsError.NOT_FOUND.because("Subscription does not exist");
    }

    /** A parameter; the empty text if it was left out, which no action takes for more. */
    private static String given(Call call, String parameter) {
        @Nullable String value = call.input().text(parameter);
        return value == null ? "" : value;
    }
}
