package weir.sqs.wire;

/**
 * The one table of errors: what the JSON protocol calls each, what the Query protocol and {@code x-amzn-query-error} call
 * it, the status it is answered with and whose fault it is.
 */
public enum SqsError {
    QUEUE_DOES_NOT_EXIST(Source.SQS, "QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue", 400),
    QUEUE_NAME_EXISTS(Source.SQS, "QueueNameExists", "QueueAlreadyExists", 400),
    QUEUE_DELETED_RECENTLY(Source.SQS, "QueueDeletedRecently", "AWS.SimpleQueueService.QueueDeletedRecently", 400),
    INVALID_ADDRESS(Source.SQS, "InvalidAddress", "InvalidAddress", 404),
    INVALID_ATTRIBUTE_NAME(Source.SQS, "InvalidAttributeName", "InvalidAttributeName", 400),
    INVALID_ATTRIBUTE_VALUE(Source.SQS, "InvalidAttributeValue", "InvalidAttributeValue", 400),
    INVALID_MESSAGE_CONTENTS(Source.SQS, "InvalidMessageContents", "InvalidMessageContents", 400),
    RECEIPT_HANDLE_IS_INVALID(Source.SQS, "ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid", 404),
    EMPTY_BATCH_REQUEST(Source.SQS, "EmptyBatchRequest", "AWS.SimpleQueueService.EmptyBatchRequest", 400),
    TOO_MANY_ENTRIES_IN_BATCH_REQUEST(
            Source.SQS, "TooManyEntriesInBatchRequest", "AWS.SimpleQueueService.TooManyEntriesInBatchRequest", 400),
    INVALID_BATCH_ENTRY_ID(Source.SQS, "InvalidBatchEntryId", "AWS.SimpleQueueService.InvalidBatchEntryId", 400),
    BATCH_ENTRY_IDS_NOT_DISTINCT(
            Source.SQS, "BatchEntryIdsNotDistinct", "AWS.SimpleQueueService.BatchEntryIdsNotDistinct", 400),
    BATCH_REQUEST_TOO_LONG(Source.SQS, "BatchRequestTooLong", "AWS.SimpleQueueService.BatchRequestTooLong", 400),
    UNSUPPORTED_OPERATION(Source.SQS, "UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation", 400),
    RESOURCE_NOT_FOUND(Source.SQS, "ResourceNotFoundException", "ResourceNotFoundException", 404),
    OVER_LIMIT(Source.SQS, "OverLimit", "OverLimit", 403),
    REQUEST_THROTTLED(Source.SQS, "RequestThrottled", "RequestThrottled", 403),
    PURGE_QUEUE_IN_PROGRESS(Source.SQS, "PurgeQueueInProgress", "AWS.SimpleQueueService.PurgeQueueInProgress", 403),
    INVALID_PARAMETER_VALUE(Source.CORAL, "InvalidParameterValueException", "InvalidParameterValue", 400),
    MISSING_PARAMETER(Source.CORAL, "MissingRequiredParameterException", "MissingParameter", 400),
    MALFORMED_INPUT(Source.CORAL, "SerializationException", "MalformedInput", 400),
    INVALID_REQUEST(Source.CORAL, "InvalidRequest", "InvalidRequest", 400),
    INVALID_ACTION(Source.CORAL, "UnknownOperationException", "InvalidAction", 400),
    INVALID_CLIENT_TOKEN_ID(Source.CORAL, "UnrecognizedClientException", "InvalidClientTokenId", 403),
    SIGNATURE_DOES_NOT_MATCH(Source.CORAL, "InvalidSignatureException", "SignatureDoesNotMatch", 403),
    MISSING_AUTHENTICATION_TOKEN(
            Source.CORAL, "MissingAuthenticationTokenException", "MissingAuthenticationToken", 403),
    INCOMPLETE_SIGNATURE(Source.CORAL, "IncompleteSignatureException", "IncompleteSignature", 400),
    EXPIRED_TOKEN(Source.CORAL, "ExpiredTokenException", "ExpiredToken", 403),
    ACCESS_DENIED(Source.CORAL, "AccessDeniedException", "AccessDenied", 403),
    REQUEST_TOO_LARGE(Source.CORAL, "RequestEntityTooLargeException", "RequestEntityTooLarge", 413),
    INTERNAL_FAILURE(Source.CORAL, "InternalFailure", "InternalFailure", 500),
    SERVICE_UNAVAILABLE(Source.CORAL, "ServiceUnavailableException", "ServiceUnavailable", 503);

    private enum Source {
        /** The error is in the published model of SQS. */
        SQS("com.amazonaws.sqs#"),
        /** The error comes from the frame that AWS's services stand on, and is in no model. */
        CORAL("com.amazon.coral.service#");

        final String prefix;

        Source(String prefix) {
            this.prefix = prefix;
        }
    }

    private final Source source;
    private final String shape;
    private final String type;
    private final String code;
    private final int status;
    private final String queryError;

    SqsError(Source source, String shape, String code, int status) {
        this.source = source;
        this.shape = shape;
        this.type = source.prefix + shape;
        this.code = code;
        this.status = status;
        this.queryError = code + (status < 500 ? ";Sender" : ";Receiver");
    }

    public boolean isInModel() {
        return source == Source.SQS;
    }

    public String shape() {
        return shape;
    }

    /** The {@code __type} of the JSON protocol. */
    public String type() {
        return type;
    }

    public String code() {
        return code;
    }

    public int status() {
        return status;
    }

    public boolean isSendersFault() {
        return status < 500;
    }

    /** The value of {@code x-amzn-query-error}. */
    public String queryError() {
        return queryError;
    }

    public SqsException because(String message) {
        return new SqsException(this, message);
    }
}
