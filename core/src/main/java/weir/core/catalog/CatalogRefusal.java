package weir.core.catalog;

/** Why a definition was not changed. */
public enum CatalogRefusal {
    NO_SUCH_QUEUE,
    /** The queue or definition was changed since the caller read it. */
    CHANGED,
    /** The setting cannot be changed after creation: ordering, fewer priority levels. */
    FIXED_AT_CREATION,
    TOO_MANY_QUEUES,
    /** A queue of that name was deleted so recently that the caller does not want a new one yet. */
    DELETED_RECENTLY,
    NO_SUCH_DEFINITION,
    TOO_MANY_DEFINITIONS,
    /** A deduplication id would have to be known in all partitions, see {@link Queue#mayBePartitioned}. */
    DEDUPLICATION_SCOPE_TOO_WIDE
}
