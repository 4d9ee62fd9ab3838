package weir.core.broker;

import weir.core.catalog.CatalogReply;

/**
 * Follows the catalog as this node does, in the order of its log: for what is derived from definitions and would be too
 * much to derive anew after each change.
 *
 * <p>Called by the thread that applies the catalog's log, one call at a time, before anybody is told that a change was made. So
 * it has to be quick, must not wait for a change of the catalog, and must not throw. What it asks the {@link Broker} for
 * is as it was after the change that it is told of.
 */
public interface CatalogWatch {
    /** Forget everything, and read the catalog from its beginning: at first, and when another state took its place. */
    void anew();

    /** What a change came to; it may have been refused, or found what it wanted there already. */
    void changed(CatalogReply reply);
}
