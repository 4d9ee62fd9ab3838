package weir.kafka.record;

/** The bounds of opening record batches, each with its reason. */
final class RecordLimits {
    /** What a batch may become when it is opened: four times the largest, as text compresses; a bomb becomes far more. */
    static final int OPENED_BYTES_MAX = 64 * 1024 * 1024;

    /** Opened batches that are kept for the next of their messages, and the bytes in all: one for each reader, some tens. */
    static final int OPENED_KEPT_MAX = 64;

    static final long OPENED_KEPT_BYTES_MAX = 64 * 1024 * 1024;

    /** Headers of one record that other fronts are shown. */
    static final int HEADERS_MAX = 10_000;

    private RecordLimits() {}
}
