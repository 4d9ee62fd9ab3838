package weir.core;

/** Why a message left its queue without having been acknowledged. The order is part of the format on disk. */
public enum DeadLetterReason {
    TOO_MANY_ATTEMPTS,
    REJECTED,
    EXPIRED,
    OVERFLOW
}
