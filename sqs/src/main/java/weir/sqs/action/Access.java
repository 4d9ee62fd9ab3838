package weir.sqs.action;

import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Queue;
import weir.sqs.auth.Principal;
import weir.sqs.auth.Requester;
import weir.sqs.policy.AccessRequest;
import weir.sqs.policy.Policies;
import weir.sqs.wire.Fields;
import weir.sqs.wire.Operation;
import weir.sqs.wire.SqsError;
import weir.sqs.wire.SqsException;

/** Whether a call may be made at all: what the queue's policy says, and what only the owner of a queue may do. */
final class Access {
    /** A policy can open these to other accounts; the others are the owner's, whatever it says. */
    private static final Set<Operation> SHARED = EnumSet.of(
            Operation.GET_QUEUE_URL,
            Operation.GET_QUEUE_ATTRIBUTES,
            Operation.LIST_DEAD_LETTER_SOURCE_QUEUES,
            Operation.PURGE_QUEUE,
            Operation.SEND_MESSAGE,
            Operation.SEND_MESSAGE_BATCH,
            Operation.RECEIVE_MESSAGE,
            Operation.DELETE_MESSAGE,
            Operation.DELETE_MESSAGE_BATCH,
            Operation.CHANGE_MESSAGE_VISIBILITY,
            Operation.CHANGE_MESSAGE_VISIBILITY_BATCH);

    private static final String BATCH = "Batch";

    private final Queues queues;
    private final Broker broker;
    private final QueueNames names;
    private final Policies policies;
    private final InstantSource clock;

    Access(Queues queues, Policies policies, InstantSource clock) {
        this.queues = queues;
        this.broker = queues.broker();
        this.names = queues.names();
        this.policies = policies;
        this.clock = clock;
    }

    /** A batch needs what its entries would need. */
    static String actionName(Operation operation) {
        String name = operation.wireName();
        return name.endsWith(BATCH) ? name.substring(0, name.length() - BATCH.length()) : name;
    }

    static boolean isShared(Operation operation) {
        return SHARED.contains(operation);
    }

    /**
     * Lets a call pass, or not.
     *
     * @return whether it concerns queues of this account; a caller of another has none of his own here
     * @throws SqsException if it may not be made
     */
    boolean check(Operation operation, Call call) throws OutcomeUnknownException, InterruptedException {
        Requester requester = call.requester();
        if (requester.trusted()) {
            return true;
        }
        boolean own = names.account().equals(requester.principal().account());
        boolean signed = !(requester.principal() instanceof Principal.Anonymous);
        String name = nameOf(operation, call.input());
        if (operation == Operation.START_MESSAGE_MOVE_TASK) {
            checkMove(call);
        }
        if (operation == Operation.LIST_QUEUES && signed) {
            return own;
        }
        if (operation == Operation.GET_QUEUE_URL
                && !own
                && signed
                && !names.account().equals(call.input().text("QueueOwnerAWSAccountId"))) {
            return false; // He means his own account.
        }
        Queue queue = name == null ? null : broker.findAnywhere(name).orElse(null);
        String policy = queue == null ? null : QueueAttributes.policy(queue);
        if (own && policy == null) {
            return true; // As most calls are: nothing can deny it.
        }
        String resource = name == null ? "*" : names.arn(name);
        AccessRequest request = AccessRequest.of(requester, clock.instant(), "sqs:" + actionName(operation), resource);
        switch (policies.verdict(policy, request, names.account())) {
            case ALLOWED -> {
                if (!own && !isShared(operation)) {
                    throw notAllowed(request);
                }
            }
            case DENIED -> throw denied(request);
            case NOT_ALLOWED -> throw signed || policy != null ? notAllowed(request) : unsigned();
        }
        return true;
    }

    /**
     * Who moves messages takes them from one queue and sends them to others: what denies him that, denies him this. Without a
     * destination they go back to where they came from, that is, to the queues that have this one for their dead letters.
     */
    private void checkMove(Call call) throws OutcomeUnknownException, InterruptedException {
        String source = nameIn(call, "SourceArn");
        if (source == null) {
            return; // The action says so.
        }
        checkNotDenied(call, Operation.RECEIVE_MESSAGE, source);
        checkNotDenied(call, Operation.DELETE_MESSAGE, source);
        String destination = nameIn(call, "DestinationArn");
        if (destination != null) {
            checkNotDenied(call, Operation.SEND_MESSAGE, destination);
        } else {
            for (Queue origin : queues.deadLetterSourcesOf(source, "", Integer.MAX_VALUE)) {
                checkNotDenied(call, Operation.SEND_MESSAGE, origin.name());
            }
        }
    }

    private @Nullable String nameIn(Call call, String arnMember) {
        String arn = call.input().text(arnMember);
        return arn == null ? null : names.nameInArn(arn);
    }

    private void checkNotDenied(Call call, Operation operation, String name)
            throws OutcomeUnknownException, InterruptedException {
        String policy = broker.findAnywhere(name).map(QueueAttributes::policy).orElse(null);
        if (policy == null) {
            return; // Nothing can deny it.
        }
        AccessRequest request =
                AccessRequest.of(call.requester(), clock.instant(), "sqs:" + actionName(operation), names.arn(name));
        if (policies.verdict(policy, request, names.account()) == Policies.Verdict.DENIED) {
            throw denied(request);
        }
    }

    /** The queue that a call is about; null if none, or if the call does not say as it should. */
    private @Nullable String nameOf(Operation operation, Fields input) {
        String url = operation.input().member("QueueUrl") == null ? null : input.text("QueueUrl");
        if (url != null) {
            return QueueNames.nameInUrl(url);
        }
        String name = operation.input().member("QueueName") == null ? null : input.text("QueueName");
        if (name != null) {
            return name;
        }
        String arn = operation == Operation.CANCEL_MESSAGE_MOVE_TASK
                ? MoveTaskActions.sourceArn(input.text("TaskHandle"))
                : operation.input().member("SourceArn") == null ? null : input.text("SourceArn");
        return arn == null ? null : names.nameInArn(arn);
    }

    private static SqsException unsigned() {
        return SqsError.MISSING_AUTHENTICATION_TOKEN.because("Request is missing Authentication Token");
    }

    private static SqsException notAllowed(AccessRequest request) {
        return refused(
                request,
                " because no resource-based policy allows the "
                        + request.action().toLowerCase(Locale.ROOT) + " action");
    }

    private static SqsException denied(AccessRequest request) {
        return refused(request, " with an explicit deny in a resource-based policy");
    }

    private static SqsException refused(AccessRequest request, String reason) {
        String arn = request.principal().arn();
        return SqsError.ACCESS_DENIED.because(
                arn == null
                        ? "Access to the resource " + request.resource() + " is denied."
                        : "User: " + arn + " is not authorized to perform: "
                                + request.action().toLowerCase(Locale.ROOT) + " on resource: " + request.resource()
                                + reason);
    }
}
