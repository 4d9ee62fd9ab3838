package weir.kafka.group;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a partition of the offsets topic short, so that loading it is: what still counts of its beginning is appended to it, then the
 * beginning is cut off. The coordinator goes on writing meanwhile; which record of a key is the latest is said by its offset, not by
 * where it stands.
 *
 * <p>To be stopped anywhere does no harm: what was appended is true, and said twice.
 */
final class Rewriting {
    private static final Logger LOG = LoggerFactory.getLogger(Rewriting.class);

    private final OffsetsLog log;
    private final OffsetsWriter writer;

    Rewriting(OffsetsLog log, OffsetsWriter writer) {
        this.log = log;
        this.writer = writer;
    }

    /** Once. Waits; on a thread of its own. */
    void run() {
        try {
            long before = writer.next();
            List<KeptRecord> records = log.read(before).survivors();
            writer.rewritten(append(records));
            log.truncate(before);
        } catch (KafkaException e) {
            LOG.info("The offsets topic stays as long as it is for now: {}", e.getMessage());
        }
    }

    /** @return how many bytes these are */
    private long append(List<KeptRecord> records) {
        List<KeptRecord> part = new ArrayList<>();
        int bytes = 0;
        long all = 0;
        for (KeptRecord record : records) {
            part.add(record);
            bytes += record.bytes();
            all += record.bytes();
            if (bytes >= GroupLimits.REWRITTEN_BYTES) {
                writer.rewrite(part);
                part.clear();
                bytes = 0;
            }
        }
        writer.rewrite(part); // Even of nothing: it says how far the coordinator has counted.
        return all;
    }
}
