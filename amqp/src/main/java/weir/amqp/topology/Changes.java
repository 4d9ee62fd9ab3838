package weir.amqp.topology;

import java.util.Optional;
import java.util.SortedMap;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogRefusal;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;

/** Changes definitions of the catalog; what it refuses is a value. */
record Changes(Broker broker) {
    /** What came of a definition. */
    sealed interface Made {
        /** @param existed whether it was there already, perhaps with other attributes */
        record Done(Definition definition, boolean existed) implements Made {}

        record TooMany() implements Made {}
    }

    /** Creates a definition, or answers with the one that is there. */
    Made create(String kind, String name, SortedMap<String, String> attributes)
            throws OutcomeUnknownException, InterruptedException {
        CatalogReply reply = broker.change(new CatalogCommand.Define(kind, name, Definition.NEW, attributes));
        if (reply instanceof CatalogReply.Defined(Definition definition, boolean existed)) {
            return new Made.Done(definition, existed);
        }
        if (reply instanceof CatalogReply.Refused(CatalogRefusal reason)
                && reason == CatalogRefusal.TOO_MANY_DEFINITIONS) {
            return new Made.TooMany();
        }
        throw unexpected(reply);
    }

    /** What the attributes are to be, whether or not there is such a definition now. */
    interface Change {
        SortedMap<String, String> of(Optional<Definition> before);
    }

    /** Creates a definition or changes it, anew from what others made of it meanwhile. */
    Made put(String kind, String name, Change change) throws OutcomeUnknownException, InterruptedException {
        for (int attempt = 0; attempt < TopologyLimits.CHANGE_TRIES; attempt++) {
            Optional<Definition> before = broker.definitionAnywhere(kind, name);
            SortedMap<String, String> attributes = change.of(before);
            if (before.isEmpty()) {
                Made made = create(kind, name, attributes);
                if (!(made instanceof Made.Done(Definition there, boolean existed))
                        || !existed
                        || there.attributes().equals(attributes)) {
                    return made;
                }
            } else if (before.get().attributes().equals(attributes)) {
                return new Made.Done(before.get(), true);
            } else {
                CatalogReply reply = broker.change(
                        new CatalogCommand.Define(kind, name, before.get().revision(), attributes));
                if (reply instanceof CatalogReply.Defined(Definition definition, boolean _)) {
                    return new Made.Done(definition, true);
                }
                boolean again = reply instanceof CatalogReply.Refused(CatalogRefusal reason)
                        && (reason == CatalogRefusal.CHANGED || reason == CatalogRefusal.NO_SUCH_DEFINITION);
                if (!again) {
                    throw unexpected(reply);
                }
            }
        }
        throw new OutcomeUnknownException("nothing was done: others keep changing the " + kind + " " + name);
    }

    /** Removes what may be there. */
    void remove(String kind, String name) throws OutcomeUnknownException, InterruptedException {
        CatalogReply reply = broker.change(new CatalogCommand.Undefine(kind, name));
        boolean gone = reply instanceof CatalogReply.Undefined
                || (reply instanceof CatalogReply.Refused(CatalogRefusal reason)
                        && reason == CatalogRefusal.NO_SUCH_DEFINITION);
        if (!gone) {
            throw unexpected(reply);
        }
    }

    private static IllegalStateException unexpected(CatalogReply reply) {
        return new IllegalStateException("the catalog answered " + reply);
    }
}
