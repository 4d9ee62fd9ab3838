package weir.core.catalog;

import java.util.List;

/**
 * One entry of the catalog's replicated log.
 *
 * @param index the entry's place in the log, rising
 * @param atMillis the leader's clock when it proposed the entry; the machine's clock never goes back
 */
public record CatalogEntry(long index, long atMillis, List<CatalogCommand> commands) {
    public CatalogEntry {
        commands = List.copyOf(commands);
    }
}
