package weir.sqs.wire;

/** The table of SNS's errors, with the status that each is answered with. */
public enum SnsError {
    AUTHORIZATION_ERROR("AuthorizationError", 403),
    BATCH_ENTRY_IDS_NOT_DISTINCT("BatchEntryIdsNotDistinct", 400),
    BATCH_REQUEST_TOO_LONG("BatchRequestTooLong", 400),
    CONCURRENT_ACCESS("ConcurrentAccess", 400),
    EMPTY_BATCH_REQUEST("EmptyBatchRequest", 400),
    FILTER_POLICY_LIMIT_EXCEEDED("FilterPolicyLimitExceeded", 403),
    INTERNAL_ERROR("InternalError", 500),
    INVALID_BATCH_ENTRY_ID("InvalidBatchEntryId", 400),
    INVALID_PARAMETER("InvalidParameter", 400),
    /** Its code is unlike its name in every SDK, InvalidParameterValueException. */
    INVALID_PARAMETER_VALUE("ParameterValueInvalid", 400),
    INVALID_SECURITY("InvalidSecurity", 403),
    NOT_FOUND("NotFound", 404),
    RESOURCE_NOT_FOUND("ResourceNotFound", 404),
    SUBSCRIPTION_LIMIT_EXCEEDED("SubscriptionLimitExceeded", 403),
    TAG_LIMIT_EXCEEDED("TagLimitExceeded", 400),
    THROTTLED("Throttled", 429),
    TOO_MANY_ENTRIES_IN_BATCH_REQUEST("TooManyEntriesInBatchRequest", 400),
    TOPIC_LIMIT_EXCEEDED("TopicLimitExceeded", 403),
    /** Of the frame that AWS's services stand on, and in no model, like the next. */
    INVALID_ACTION("InvalidAction", 400),
    VALIDATION_ERROR("ValidationError", 400);

    private final String code;
    private final int status;

    SnsError(String code, int status) {
        this.code = code;
        this.status = status;
    }

    public String code() {
        return code;
    }

    public int status() {
        return status;
    }

    public SnsException because(String message) {
        return new SnsException(this, message);
    }

    /** SNS's way of saying most of what can be wrong with a request. */
    public static SnsException invalidParameter(String what) {
        return INVALID_PARAMETER.because("Invalid parameter: " + what);
    }
}
