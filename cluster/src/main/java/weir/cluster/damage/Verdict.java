package weir.cluster.damage;

import java.util.Collection;
import weir.cluster.replication.DamagedLogException;
import weir.storage.CorruptStoreException;

/** What is to be done about a replica that cannot be opened, or cannot go on. */
public enum Verdict {
    /** Its files are damaged, and the group can go on without it: set it aside, and have it made anew from them. */
    SET_ASIDE,
    /**
     * The process ends with the reason, and its supervisor starts it again: the disk failed or is full, or there is a bug.
     * So does a node whose damaged replica is the only one there is, or one of two, since that can be mended only by hand.
     */
    END_PROCESS;

    /** Wrappers around a cause; more would be a circle. */
    private static final int CAUSES_MAX = 20;

    /** Members that a group needs besides the one that is set aside: one alone has no majority of two. */
    public static final int OTHERS_MIN = 2;

    /**
     * Whether a group of these members can agree on removing this node, and make its replica anew.
     *
     * @param members by the newest configuration that is known
     */
    public static boolean canSpare(Collection<Integer> members, int node) {
        long others =
                members.stream().filter(member -> member != node).distinct().count();
        return others >= OTHERS_MIN || (others > 0 && !members.contains(node));
    }

    /** @param others whether {@link #canSpare} says so of the group: others have what this replica has lost */
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
