package weir.sqs.action;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import weir.sqs.wire.Fields;
import weir.sqs.wire.SqsError;
import weir.sqs.wire.SqsException;
import weir.sqs.wire.Value;

/** What the three batch actions share: rules on the entries, and the answer of successes and failures. */
final class Batches {
    private Batches() {}

    /** Checks the batch as a whole; a broken rule fails all of it. */
    static List<Fields> entries(Call call, String entryName) {
        List<Fields> entries = call.input().structures("Entries");
        if (entries.isEmpty()) {
            throw SqsError.EMPTY_BATCH_REQUEST.because(
                    "There should be at least one " + entryName + " in the request.");
        }
        if (entries.size() > Quotas.BATCH_ENTRIES_MAX) {
            throw SqsError.TOO_MANY_ENTRIES_IN_BATCH_REQUEST.because("Maximum number of entries per request are "
                    + Quotas.BATCH_ENTRIES_MAX + ". You have sent " + entries.size() + ".");
        }
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < entries.size(); i++) {
            String id = entries.get(i).text("Id");
            if (id == null) {
                throw Text.missing(entryName + "." + (i + 1) + ".Id");
            }
            checkId(id);
            if (!ids.add(id)) {
                throw SqsError.BATCH_ENTRY_IDS_NOT_DISTINCT.because("Id " + id + " repeated.");
            }
        }
        return entries;
    }

    private static void checkId(String id) {
        boolean valid = !id.isEmpty() && id.length() <= Quotas.BATCH_ENTRY_ID_CHARS_MAX;
        for (int i = 0; valid && i < id.length(); i++) {
            valid = Text.isNameChar(id.charAt(i));
        }
        if (!valid) {
            throw SqsError.INVALID_BATCH_ENTRY_ID.because("A batch entry id can only contain alphanumeric characters,"
                    + " hyphens and underscores. It can be at most 80 letters long.");
        }
    }

    /** Of an entry whose outcome is not known, though that of others is. */
    static SqsException unknown() {
        return SqsError.SERVICE_UNAVAILABLE.because(
                "No answer came in time. This entry may have been carried out, or may be yet.");
    }

    static String id(Fields entry) {
        String id = entry.text("Id");
        if (id == null) {
            throw new IllegalStateException("entries without an id are refused before");
        }
        return id;
    }

    /** Successes and failures, each in the order they were added. */
    static final class Answer {
        private final List<Value> successful = new ArrayList<>();
        private final List<Value> failed = new ArrayList<>();

        void succeeded(Fields entry) {
            successful.add(entry);
        }

        void failed(Fields entry, SqsException error) {
            failed.add(new Fields()
                    .put("Id", id(entry))
                    .put("SenderFault", new Value.Flag(error.error().isSendersFault()))
                    .put("Code", error.error().code())
                    .put("Message", error.text()));
        }

        Fields result() {
            return new Fields().put("Successful", new Value.Items(successful)).put("Failed", new Value.Items(failed));
        }
    }
}
