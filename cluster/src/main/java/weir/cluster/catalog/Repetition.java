package weir.cluster.catalog;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogMachine;
import weir.core.catalog.CatalogRefusal;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;
import weir.core.catalog.Queue;

/**
 * A change whose outcome was unknown, made again: what came of it, seen from what was there before and what is there now.
 *
 * <table>
 * <caption>What is done</caption>
 * <tr><th>Change</th><th>Made again</th><th>How the first is told from somebody else's</th></tr>
 * <tr><td>CreateQueue, Define anew</td><td>at once</td><td>one that is there already and is just what was asked for counts
 *   as created: who asked twice for the same cannot tell, and it is only carried out a second time</td></tr>
 * <tr><td>UpdateQueue, Define a revision</td><td>at once</td><td>{@code CHANGED}, and it is just what was asked for: counts as
 *   done. Else it is {@code CHANGED}, and the caller reads and decides anew, as always</td></tr>
 * <tr><td>DeleteQueue, Undefine</td><td>if the one that was to go is still there</td><td>by its id or the index of its
 *   creation: a namesake made since then is another's, and stays</td></tr>
 * </table>
 */
record Repetition(
        CatalogCommand command,
        @Nullable Queue queueBefore,
        @Nullable Definition definitionBefore) {
    /** @param machine this node's, before the change is made for the first time */
    static Repetition of(CatalogCommand command, CatalogMachine machine) {
        return switch (command) {
            case CatalogCommand.DeleteQueue(String name, long _) ->
                new Repetition(command, machine.find(name).orElse(null), null);
            case CatalogCommand.Undefine(String kind, String name) ->
                new Repetition(command, null, machine.definition(kind, name).orElse(null));
            case CatalogCommand.CreateQueue _, CatalogCommand.UpdateQueue _, CatalogCommand.Define _ ->
                new Repetition(command, null, null);
        };
    }

    /** Whether the state now has to be known before it can be told whether to make the change again. */
    boolean looksFirst() {
        return command instanceof CatalogCommand.DeleteQueue || command instanceof CatalogCommand.Undefine;
    }

    /** Whether it cannot be told: this node did not know what was to go. */
    boolean isBlind() {
        return looksFirst() && queueBefore == null && definitionBefore == null;
    }

    /**
     * The answer to the first, if the state now shows that it was carried out.
     *
     * @param now this node's, up to date
     */
    Optional<CatalogReply> carriedOut(CatalogMachine now) {
        if (queueBefore != null && now.find(queueBefore.id()).isEmpty()) {
            return Optional.of(new CatalogReply.Deleted(queueBefore));
        }
        if (definitionBefore != null
                && now.definition(definitionBefore.kind(), definitionBefore.name())
                        .filter(there -> there.created() == definitionBefore.created())
                        .isEmpty()) {
            return Optional.of(new CatalogReply.Undefined(definitionBefore));
        }
        return Optional.empty();
    }

    /**
     * The answer to the caller, by that to the repeated change.
     *
     * @param now this node's, with it applied
     */
    CatalogReply answer(CatalogReply second, CatalogMachine now) {
        return switch (command) {
            case CatalogCommand.CreateQueue create ->
                second instanceof CatalogReply.Created(Queue queue, boolean existed)
                                && existed
                                && queue.settings().equals(create.settings())
                                && queue.labels().equals(create.labels())
                        ? new CatalogReply.Created(queue, false)
                        : second;
            case CatalogCommand.UpdateQueue update ->
                isChanged(second)
                        ? now.find(update.name())
                                .filter(queue -> queue.revision() == update.revision() + 1
                                        && queue.settings().equals(update.settings())
                                        && queue.labels().equals(update.labels()))
                                .<CatalogReply>map(CatalogReply.Updated::new)
                                .orElse(second)
                        : second;
            case CatalogCommand.Define define -> defined(define, second, now);
            case CatalogCommand.DeleteQueue _ ->
                isRefused(second, CatalogRefusal.NO_SUCH_QUEUE) && queueBefore != null
                        ? new CatalogReply.Deleted(queueBefore)
                        : second;
            case CatalogCommand.Undefine _ ->
                isRefused(second, CatalogRefusal.NO_SUCH_DEFINITION) && definitionBefore != null
                        ? new CatalogReply.Undefined(definitionBefore)
                        : second;
        };
    }

    private static CatalogReply defined(CatalogCommand.Define define, CatalogReply second, CatalogMachine now) {
        if (second instanceof CatalogReply.Defined(Definition definition, boolean existed)) {
            return existed && definition.attributes().equals(define.attributes())
                    ? new CatalogReply.Defined(definition, false)
                    : second;
        }
        if (!isChanged(second)) {
            return second;
        }
        return now.definition(define.kind(), define.name())
                .filter(there -> Objects.equals(there.attributes(), define.attributes()))
                .<CatalogReply>map(there -> new CatalogReply.Defined(there, false))
                .orElse(second);
    }

    private static boolean isChanged(CatalogReply reply) {
        return isRefused(reply, CatalogRefusal.CHANGED);
    }

    private static boolean isRefused(CatalogReply reply, CatalogRefusal reason) {
        return reply instanceof CatalogReply.Refused(CatalogRefusal why) && why == reason;
    }
}
