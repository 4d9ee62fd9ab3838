package weir.sqs.action;

import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;
import weir.core.Message;
import weir.core.Message.Header;

/** The trace under which a message was sent, as it is kept with the message: receivers are told it as AWSTraceHeader. */
public final class TraceHeader {
    private TraceHeader() {}

    /** What a message that came under this trace is kept with; nothing for none, or one that no receiver could be told. */
    public static List<Header> of(@Nullable String trace) {
        return trace == null || trace.length() > Quotas.TRACE_HEADER_BYTES_MAX || !Text.isAllowed(trace)
                ? List.of()
                : List.of(new Header(MessageAttributes.TRACE_HEADER, MessageAttributes.SYSTEM, Bytes.utf8(trace)));
    }

    /** The trace that a message was kept with; null if none. */
    public static @Nullable String in(Message message) {
        return MessageAttributes.systemValue(message.headers(), MessageAttributes.TRACE_HEADER);
    }
}
