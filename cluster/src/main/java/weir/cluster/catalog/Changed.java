package weir.cluster.catalog;

import weir.core.catalog.CatalogReply;

/**
 * What a change of the catalog came to.
 *
 * @param index of its entry: a replica that has applied it shows the change
 */
public record Changed(CatalogReply reply, long index) {}
