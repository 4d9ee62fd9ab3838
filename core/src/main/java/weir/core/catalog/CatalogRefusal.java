package weir.core.catalog;

/** Why a definition was not changed. */
public enum CatalogRefusal {
    NO_SUCH_QUEUE,
    /** The queue was changed since the caller read it. */
    CHANGED,
    /** The setting cannot be changed after creation: ordering, fewer priority levels. */
    FIXED_AT_CREATION,
    TOO_MANY_QUEUES
}
