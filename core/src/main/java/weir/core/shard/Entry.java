package weir.core.shard;

import java.util.List;

/**
 * One entry of the shard's replicated log: commands that are applied together.
 *
 * @param index the entry's place in the log, rising
 * @param atMillis the leader's clock when it proposed the entry; the machine's clock never goes back
 */
public record Entry(long index, long atMillis, List<Command> commands) {
    public Entry {
        commands = List.copyOf(commands);
    }
}
