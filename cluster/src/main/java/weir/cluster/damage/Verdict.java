package weir.cluster.damage;

import weir.cluster.replication.DamagedLogException;
import weir.storage.CorruptStoreException;

/** What is to be done about a replica that cannot be opened, or cannot go on. */
public enum Verdict {
    /** Its files are damaged, and the group has other members: set it aside, and have it made anew from them. */
    SET_ASIDE,
    /**
     * The process ends with the reason, and its supervisor starts it again: the disk failed or is full, or there is a bug.
     * So does a node whose damaged replica is the only one there is, since it can be mended only by hand.
     */
    END_PROCESS;

    /** Wrappers around a cause; more would be a circle. */
    private static final int CAUSES_MAX = 20;

    /** @param others whether the group has other members, which have what this replica has lost */
    public static Verdict of(Throwable failure, boolean others) {
        return others && isDamage(failure) ? SET_ASIDE : END_PROCESS;
    }

    /** Whether it says that files are not what was written. A file of a newer program is as it should be. */
    public static boolean isDamage(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < CAUSES_MAX; i++) {
            if (cause instanceof DamagedLogException
                    || (cause instanceof CorruptStoreException corrupt && !corrupt.isNewer())) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }
}
