package weir.sqs.wire;

import java.util.List;
import weir.core.Bytes;

/** A part of a request or of a result, the same for both protocols. */
public sealed interface Value permits Value.Text, Value.Whole, Value.Flag, Value.Blob, Value.Items, Fields {
    record Text(String text) implements Value {}

    record Whole(long number) implements Value {}

    record Flag(boolean set) implements Value {}

    record Blob(Bytes bytes) implements Value {}

    record Items(List<? extends Value> items) implements Value {}
}
