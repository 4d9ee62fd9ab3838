package weir.core.catalog;

import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import weir.core.Check;
import weir.core.Edition;

/**
 * The edition that all nodes of a cluster have agreed on, as the catalog keeps it.
 *
 * @param edition that the logs may hold; never falls
 * @param next the one that is about to be: a node that cannot read it is not taken in any more
 * @param revision of the definition; {@link Definition#NEW} if nothing was ever said, which is {@link Edition#FIRST}
 */
public record ClusterEdition(int edition, int next, long revision) {
    /** The kind of its definition. */
    public static final String KIND = "edition";

    public static final String NAME = "cluster";
    private static final String EDITION = "edition";
    private static final String NEXT = "next";

    public ClusterEdition {
        Check.inRange("edition", edition, Edition.FIRST, Edition.MAX);
        Check.inRange("next edition", next, edition, Edition.MAX);
    }

    /** @param definition null if there is none */
    public static ClusterEdition of(@Nullable Definition definition) {
        if (definition == null) {
            return new ClusterEdition(Edition.FIRST, Edition.FIRST, Definition.NEW);
        }
        int edition = number(definition, EDITION);
        return new ClusterEdition(edition, Math.max(edition, number(definition, NEXT)), definition.revision());
    }

    private static int number(Definition definition, String attribute) {
        return Integer.parseInt(definition.attributes().getOrDefault(attribute, Integer.toString(Edition.FIRST)));
    }

    /** The same, about to come to that edition. */
    public ClusterEdition announcing(int coming) {
        return new ClusterEdition(edition, coming, revision);
    }

    /** At the edition that was announced. */
    public ClusterEdition raised() {
        return new ClusterEdition(next, next, revision);
    }

    /** Makes the catalog's definition this, if it is as it was when this was read. */
    public CatalogCommand.Define define() {
        SortedMap<String, String> attributes = new TreeMap<>();
        attributes.put(EDITION, Integer.toString(edition));
        attributes.put(NEXT, Integer.toString(next));
        return new CatalogCommand.Define(KIND, NAME, revision, attributes);
    }
}
