package weir.cluster.damage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.replication.FailureListener;
import weir.cluster.replication.GroupId;

/**
 * Decides about replicas that fail while the node runs. One whose files are damaged stops alone, and the other shards of the
 * node go on. Where the replica is one that the whole node rests on, it is marked and the process ends, too: it is made anew when the
 * node starts again. Anything else ends the process, as on a node that is alone.
 */
public final class FailedReplicas implements FailureListener {
    private static final Logger LOG = LoggerFactory.getLogger(FailedReplicas.class);

    /** Ends one replica of the node. */
    public interface Closer {
        /**
         * Steps down and leaves the group, stops what belongs to the replica, and lets go of its files; deletes nothing.
         * May take its time.
         *
         * @return the directories of its files, those of its log among them
         */
        List<Path> close(GroupId group) throws IOException;
    }

    private final SetAside aside;
    private final Predicate<GroupId> others;
    private final Predicate<GroupId> atStart;
    private final Closer closer;
    private final FailureListener process;
    /** Whose end is under way: the same damage is met by many readers. */
    private final Set<GroupId> ending = ConcurrentHashMap.newKeySet();

    /**
     * @param others whether a group can go on without this node's replica ({@link Verdict#canSpare})
     * @param atStart whether a group's replica cannot be closed while the node runs, and is made anew when it starts
     * @param process told what ends the process
     */
    public FailedReplicas(
            SetAside aside,
            Predicate<GroupId> others,
            Predicate<GroupId> atStart,
            Closer closer,
            FailureListener process) {
        this.aside = aside;
        this.others = others;
        this.atStart = atStart;
        this.closer = closer;
        this.process = process;
    }

    @Override
    public void failed(GroupId group, Throwable cause) {
        if (aside.reason(group).isPresent()) {
            return; // Late news of a replica that was set aside already.
        }
        switch (Verdict.of(cause, others.test(group))) {
            case END_PROCESS -> {
                if (!ending.contains(group)) { // What an ending replica still meets is no news.
                    process.failed(group, cause);
                }
            }
            case SET_ASIDE -> {
                if (ending.add(group)) {
                    Thread.ofVirtual().name("weir-end-of-" + group).start(() -> end(group, cause));
                }
            }
        }
    }

    private void end(GroupId group, Throwable cause) {
        try {
            aside.mark(group, cause);
            if (atStart.test(group)) {
                process.failed(group, cause);
                return;
            }
            aside.move(group, closer.close(group));
            ending.remove(group);
        } catch (IOException | RuntimeException e) {
            LOG.error("The damaged replica of the {} cannot be set aside", group, e);
            process.failed(group, cause); // The mark, if it was made, holds after the restart.
        }
    }
}
