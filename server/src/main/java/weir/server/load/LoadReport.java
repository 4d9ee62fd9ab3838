package weir.server.load;

import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What a load came to.
 *
 * @param seconds that were counted, with those that the consumers took to find the queue empty
 * @param errors requests that failed, each tried again
 */
public record LoadReport(double seconds, long errors, List<Line> lines) {
    public LoadReport {
        lines = List.copyOf(lines);
    }

    /** One kind of request: how many messages it moved, and how long requests took. */
    public record Line(
            String what,
            long messages,
            double perSecond,
            long requests,
            double p50Millis,
            double p90Millis,
            double p99Millis,
            double p999Millis,
            double maxMillis) {
        static Line of(String what, Measured measured) {
            Histogram micros = measured.micros();
            return new Line(
                    what,
                    measured.messages(),
                    measured.messages() / measured.seconds(),
                    micros.getTotalCount(),
                    micros.getValueAtPercentile(50) / 1e3,
                    micros.getValueAtPercentile(90) / 1e3,
                    micros.getValueAtPercentile(99) / 1e3,
                    micros.getValueAtPercentile(99.9) / 1e3,
                    micros.getMaxValue() / 1e3);
        }
    }
}
