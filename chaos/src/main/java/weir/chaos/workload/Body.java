package weir.chaos.workload;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.zip.CRC32;

/**
 * A message's body: its id, and letters that follow from the id.
 *
 * @param id no space in it
 */
public record Body(String id, String text) {
    static Body of(String id) {
        SplittableRandom random = new SplittableRandom(id.hashCode());
        StringBuilder text = new StringBuilder(id).append(' ');
        for (int left = random.nextInt(WorkloadLimits.BODY_BYTES_MAX); left > 0; left--) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        return new Body(id, text.toString());
    }

    /** What came as a body; if it is none of ours, its id is one that nobody sent. */
    static Body received(String text) {
        int space = text.indexOf(' ');
        return new Body(space > 0 && space < 100 ? text.substring(0, space) : "unreadable", text);
    }

    String checksum() {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return "%08x".formatted(crc.getValue());
    }

    /** One in a hundred is one that no consumer can handle. */
    boolean isPoison() {
        return Math.floorMod(id.hashCode() * 31, 100) == 7;
    }
}
