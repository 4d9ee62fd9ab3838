package weir.storage;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which segments a checkpoint gets rid of.
 *
 * @param dropped nothing in them is live
 * @param rewritten what is live in them is copied into the new segment, because half of them is dead, or because there
 *     are too many of about their size
 */
record Reclaim(List<Segment> dropped, List<Segment> rewritten) {

    /** @param questions to the machine, at most, if it is rewritten */
    private record Candidate(Segment segment, long bytes, long liveBytes, long live, long questions) {
        static Candidate of(Segment segment) {
            long bytes = 0;
            long liveBytes = 0;
            long live = 0;
            long questions = 0;
            for (Segment.LogChunks log : segment.logs()) {
                for (Chunk chunk : log.chunks()) {
                    bytes += chunk.bytes();
                    liveBytes += chunk.liveBytes();
                    live += chunk.live();
                    questions += chunk.mostlyLive() ? 1 : chunk.live();
                }
            }
            return new Candidate(segment, bytes, liveBytes, live, questions);
        }

        boolean isHalfDead() {
            return 2 * liveBytes <= bytes;
        }

        /** 0 below 512 KiB, 1 below 4 MiB, 2 below 32 MiB, and so on. */
        int tier() {
            return (66 - Long.numberOfLeadingZeros(liveBytes >>> 19)) / 3;
        }
    }

    /** Decides by what was live when the chunks were last counted. */
    static Reclaim choose(List<Segment> segments) {
        List<Segment> dropped = new ArrayList<>();
        List<Candidate> candidates = new ArrayList<>();
        for (Segment segment : segments) {
            Candidate candidate = Candidate.of(segment);
            if (candidate.live == 0) {
                dropped.add(segment);
            } else {
                candidates.add(candidate);
            }
        }
        candidates.sort(Comparator.comparingLong(Candidate::liveBytes)
                .thenComparingLong(candidate -> candidate.segment().name().id()));
        Budget budget = new Budget();
        for (Candidate candidate : candidates) {
            if (candidate.isHalfDead()) {
                budget.take(candidate, budget.taken.isEmpty());
            }
        }
        merge(candidates, budget);
        return new Reclaim(dropped, budget.taken);
    }

    /** Takes the smallest of each size of which there are too many. */
    private static void merge(List<Candidate> bySize, Budget budget) {
        int from = 0;
        while (from < bySize.size()) {
            int tier = bySize.get(from).tier();
            int to = from;
            while (to < bySize.size() && bySize.get(to).tier() == tier) {
                to++;
            }
            List<Candidate> alike = bySize.subList(from, to);
            if (alike.size() >= StorageLimits.MERGE_SEGMENTS_MIN
                    && alike.get(0).liveBytes() + alike.get(1).liveBytes() <= StorageLimits.REWRITE_BYTES_MAX) {
                alike.forEach(candidate -> budget.take(candidate, false));
            }
            from = to;
        }
    }

    /** What one checkpoint may copy. */
    private static final class Budget {
        private final List<Segment> taken = new ArrayList<>();
        private long bytes = StorageLimits.REWRITE_BYTES_MAX;
        private long questions = StorageLimits.REWRITE_QUESTIONS_MAX;

        void take(Candidate candidate, boolean evenIfLarger) {
            boolean fits = candidate.liveBytes <= bytes && candidate.questions <= questions;
            if ((fits || evenIfLarger) && !taken.contains(candidate.segment)) {
                taken.add(candidate.segment);
                bytes -= candidate.liveBytes;
                questions -= candidate.questions;
            }
        }
    }
}
