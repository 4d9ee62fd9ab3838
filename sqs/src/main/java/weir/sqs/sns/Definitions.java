package weir.sqs.sns;

import java.util.Optional;
import java.util.SortedMap;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogRefusal;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;
import weir.sqs.wire.SnsError;
import weir.sqs.wire.SnsException;

/** Changes the definitions of one kind, and words what the catalog refuses. */
record Definitions(Broker broker, String kind, SnsError tooMany) {
    /** Creates a definition, or answers with the one that is there. */
    CatalogReply.Defined create(String name, SortedMap<String, String> attributes)
            throws OutcomeUnknownException, InterruptedException {
        CatalogReply reply = broker.change(new CatalogCommand.Define(kind, name, Definition.NEW, attributes));
        return switch (reply) {
            case CatalogReply.Defined defined -> defined;
            case CatalogReply.Refused(CatalogRefusal reason) -> throw refused(reason);
            case CatalogReply.Created _, CatalogReply.Updated _, CatalogReply.Deleted _, CatalogReply.Undefined _ ->
                throw unexpected(reply);
        };
    }

    /** What the attributes of a definition are to be. */
    interface Change {
        SortedMap<String, String> of(Definition before);
    }

    /**
     * Changes the attributes of what is there, anew from what others made of it meanwhile.
     *
     * @return false if there is none of that name
     */
    boolean update(String name, Change change) throws OutcomeUnknownException, InterruptedException {
        for (int attempt = 0; attempt < SnsQuotas.CHANGE_TRIES; attempt++) {
            Optional<Definition> before = broker.definitionAnywhere(kind, name);
            if (before.isEmpty()) {
                return false;
            }
            SortedMap<String, String> attributes = change.of(before.get());
            if (attributes.equals(before.get().attributes())) {
                return true;
            }
            CatalogReply reply = broker.change(
                    new CatalogCommand.Define(kind, name, before.get().revision(), attributes));
            switch (reply) {
                case CatalogReply.Defined _ -> {
                    return true;
                }
                case CatalogReply.Refused(CatalogRefusal reason) -> {
                    if (reason == CatalogRefusal.NO_SUCH_DEFINITION) {
                        return false;
                    }
                    if (reason != CatalogRefusal.CHANGED) {
                        throw refused(reason);
                    }
                }
                case CatalogReply.Created _, CatalogReply.Updated _, CatalogReply.Deleted _, CatalogReply.Undefined _ ->
                    throw unexpected(reply);
            }
        }
        throw refused(CatalogRefusal.CHANGED);
    }

    /** Removes what may be there. */
    void remove(String name) throws OutcomeUnknownException, InterruptedException {
        CatalogReply reply = broker.change(new CatalogCommand.Undefine(kind, name));
        switch (reply) {
            case CatalogReply.Undefined _ -> {}
            case CatalogReply.Refused(CatalogRefusal reason) -> {
                if (reason != CatalogRefusal.NO_SUCH_DEFINITION) {
                    throw refused(reason);
                }
            }
            case CatalogReply.Created _, CatalogReply.Updated _, CatalogReply.Deleted _, CatalogReply.Defined _ ->
                throw unexpected(reply);
        }
    }

    private SnsException refused(CatalogRefusal refusal) {
        return switch (refusal) {
            case CHANGED -> SnsError.CONCURRENT_ACCESS.because("It is being changed by others at the same time.");
            case TOO_MANY_DEFINITIONS -> tooMany.because("No more of them can be created here.");
            case NO_SUCH_DEFINITION,
                    NO_SUCH_QUEUE,
                    FIXED_AT_CREATION,
                    TOO_MANY_QUEUES,
                    DELETED_RECENTLY,
                    DEDUPLICATION_SCOPE_TOO_WIDE ->
                throw new IllegalStateException("the catalog refused a definition: " + refusal);
        };
    }

    private static IllegalStateException unexpected(CatalogReply reply) {
        return new IllegalStateException("the catalog answered " + reply);
    }
}
