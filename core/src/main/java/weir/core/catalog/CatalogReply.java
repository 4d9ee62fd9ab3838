package weir.core.catalog;

/** What the catalog answers to a command. */
public sealed interface CatalogReply {
    /** @param existed whether the queue was there already, and is as it was */
    record Created(Queue queue, boolean existed) implements CatalogReply {}

    record Updated(Queue queue) implements CatalogReply {}

    record Deleted(Queue queue) implements CatalogReply {}

    /** @param existed whether it was to be created and was there already, and is as it was */
    record Defined(Definition definition, boolean existed) implements CatalogReply {}

    record Undefined(Definition definition) implements CatalogReply {}

    record Refused(CatalogRefusal reason) implements CatalogReply {}
}
