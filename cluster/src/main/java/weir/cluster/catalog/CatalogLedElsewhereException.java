package weir.cluster.catalog;

/** This node does not lead the catalog, or has just ceased to, and nothing was done: ask the node that does. */
public final class CatalogLedElsewhereException extends Exception {
    private static final long serialVersionUID = 1;

    public CatalogLedElsewhereException() {
        super("this node does not lead the catalog; nothing was done");
    }
}
