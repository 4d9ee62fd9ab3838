package weir.cluster.peer;

import weir.core.Bytes;

/** Answers what other nodes ask of this one. */
public interface PeerService {
    /**
     * Called on a virtual thread of its own, which may wait; interrupted if the caller has gone.
     *
     * @throws Exception whose message the caller is to see, as a {@link PeerFailedException}
     */
    Bytes answer(PeerRequest kind, Bytes request) throws Exception;
}
