package weir.sqs.wire;

import org.jspecify.annotations.Nullable;
import weir.sqs.wire.Shape.Structure;

/** An action of one of the services, with the shapes of what it takes and gives. */
public sealed interface ServedOperation permits Operation, SnsOperation {
    Service service();

    /** The {@code Action} of a request. */
    String wireName();

    Structure input();

    /** Null for an action whose success says nothing. */
    @Nullable
    Structure output();
}
