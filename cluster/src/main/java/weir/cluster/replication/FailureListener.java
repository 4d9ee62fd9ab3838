package weir.cluster.replication;

/**
 * Is told that a replica has stopped for good: its disk failed or is full, or its state machine threw. There is nothing to
 * repair in the running process; end it with the message, and let the supervisor start it again.
 */
public interface FailureListener {
    /** Called once for each group that fails, on a thread of the engine. Must not wait for the engine to close. */
    void failed(GroupId group, Throwable cause);
}
