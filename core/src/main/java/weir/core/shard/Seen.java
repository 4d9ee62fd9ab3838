package weir.core.shard;

import weir.core.Envelope;
import weir.core.MessageState;
import weir.core.Position;

/** A message as a browser sees it, without its payload. */
public record Seen(
        Position position,
        long baseOffset,
        int format,
        MessageState state,
        Envelope envelope,
        int attempts,
        long publishedAtMillis) {}
