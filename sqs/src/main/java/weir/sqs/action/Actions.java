package weir.sqs.action;

import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.codec.Formats;
import weir.sqs.move.MoveTaskBook;
import weir.sqs.move.Mover;
import weir.sqs.policy.Policies;
import weir.sqs.sns.message.MessageForms;
import weir.sqs.sns.message.Signatures;
import weir.sqs.wire.Fields;
import weir.sqs.wire.Operation;
import weir.sqs.wire.Shape.Member;
import weir.sqs.wire.SqsException;
import weir.sqs.wire.Value;

/** All actions of SQS that are served. Safe for use by any number of threads. */
public final class Actions {
    private final Access access;
    private final QueueActions queueActions;
    private final PermissionActions permissionActions;
    private final SendActions sendActions;
    private final ReceiveActions receiveActions;
    private final Looks looks;
    private final SettleActions settleActions;
    private final MoveTaskActions moveTaskActions;

    /**
     * @param formats of all fronts, as what any of them took may be received here
     * @param policies where the policies of queues are kept read
     * @param mover what works on move tasks
     * @param clock what a message's own delay counts from
     */
    public Actions(
            Broker broker,
            Formats formats,
            QueueNames names,
            UUID cluster,
            Rests rests,
            Policies policies,
            Mover mover,
            InstantSource clock) {
        Queues queues = new Queues(broker, names, ReceiptHandle.salt(cluster));
        MoveTaskBook moveTasks = new MoveTaskBook(broker);
        MessageIds ids = new MessageIds(cluster);
        access = new Access(queues, policies, clock);
        queueActions = new QueueActions(queues, rests, moveTasks);
        permissionActions = new PermissionActions(queueActions, names);
        sendActions = new SendActions(queues, ids, clock);
        receiveActions = new ReceiveActions(queues, ids, formats, new MessageForms(new Signatures(broker, clock)));
        looks = new Looks(queues, receiveActions);
        settleActions = new SettleActions(queues);
        moveTaskActions = new MoveTaskActions(queues, moveTasks, mover, clock);
    }

    /**
     * Carries out one request.
     *
     * @throws SqsException for what the client is to be told
     * @throws OutcomeUnknownException if no answer came in time; the action may still happen
     */
    public Fields run(Operation operation, Call call) throws OutcomeUnknownException, InterruptedException {
        for (Member member : operation.input().members()) {
            if (member.required() && !call.input().has(member.name()) && !isCheckedByAction(member)) {
                throw Text.missing(member.name());
            }
        }
        return access.check(operation, call) ? of(operation).run(call) : ofOtherAccount(operation);
    }

    /**
     * Lists the messages of a call's queue as they would be received, and changes nothing.
     *
     * @param invisible whether also those in flight
     * @param delayed whether also those whose time has not come
     */
    public Fields look(Call call, boolean invisible, boolean delayed)
            throws OutcomeUnknownException, InterruptedException {
        return looks.list(call, invisible, delayed);
    }

    /** AWS answers the lack of these with an error of its own. */
    private static boolean isCheckedByAction(Member member) {
        return switch (member.name()) {
            case "QueueUrl", "QueueName", "Entries" -> true;
            default -> false;
        };
    }

    /** What somebody sees of his own account, which has nothing here. */
    private static Fields ofOtherAccount(Operation operation) {
        if (operation == Operation.LIST_QUEUES) {
            return new Fields().put("QueueUrls", new Value.Items(List.of()));
        }
        throw Queues.noSuchQueue();
    }

    private Action of(Operation operation) {
        return switch (operation) {
            case CREATE_QUEUE -> queueActions::create;
            case GET_QUEUE_URL -> queueActions::url;
            case LIST_QUEUES -> queueActions::list;
            case DELETE_QUEUE -> queueActions::delete;
            case PURGE_QUEUE -> queueActions::purge;
            case GET_QUEUE_ATTRIBUTES -> queueActions::attributes;
            case SET_QUEUE_ATTRIBUTES -> queueActions::setAttributes;
            case ADD_PERMISSION -> permissionActions::add;
            case REMOVE_PERMISSION -> permissionActions::remove;
            case TAG_QUEUE -> queueActions::tag;
            case UNTAG_QUEUE -> queueActions::untag;
            case LIST_QUEUE_TAGS -> queueActions::tags;
            case LIST_DEAD_LETTER_SOURCE_QUEUES -> queueActions::listDeadLetterSources;
            case SEND_MESSAGE -> sendActions::send;
            case SEND_MESSAGE_BATCH -> sendActions::sendBatch;
            case RECEIVE_MESSAGE -> receiveActions::receive;
            case DELETE_MESSAGE -> settleActions::delete;
            case DELETE_MESSAGE_BATCH -> settleActions::deleteBatch;
            case CHANGE_MESSAGE_VISIBILITY -> settleActions::changeVisibility;
            case CHANGE_MESSAGE_VISIBILITY_BATCH -> settleActions::changeVisibilityBatch;
            case START_MESSAGE_MOVE_TASK -> moveTaskActions::start;
            case CANCEL_MESSAGE_MOVE_TASK -> moveTaskActions::cancel;
            case LIST_MESSAGE_MOVE_TASKS -> moveTaskActions::list;
        };
    }
}
