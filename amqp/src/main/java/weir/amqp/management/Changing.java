package weir.amqp.management;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How fast numbers change that rise and fall: how many messages are in a queue, how much memory is used. Nobody looks at them but
 * who asks, so a rate is that between the last two times of asking that were far enough apart; who asks for the first time is told
 * that nothing changes. Safe for use by any number of threads.
 */
public final class Changing {
    private static final double NANOS = 1e9;

    private static final class Sample {
        final long atNanos;
        final long[] values;
        final double[] perSecond;

        Sample(long atNanos, long[] values, double[] perSecond) {
            this.atNanos = atNanos;
            this.values = values;
            this.perSecond = perSecond;
        }
    }

    /** Those that were asked for last. */
    private final Map<String, Sample> samples = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Sample> eldest) {
            return size() > ManagementLimits.CHANGING_MAX;
        }
    };

    /**
     * @param what by which it is known the next time
     * @param now its numbers, always as many
     * @return for each of them
     */
    double[] perSecond(String what, long nowNanos, long... now) {
        synchronized (samples) {
            Sample before = samples.get(what);
            long age = before == null ? Long.MAX_VALUE : nowNanos - before.atNanos;
            if (before != null && age < ManagementLimits.RATES_OVER.toNanos()) {
                return before.perSecond.clone();
            }
            double[] rates = new double[now.length];
            if (before != null && age < ManagementLimits.CHANGING_FORGOTTEN.toNanos()) {
                Arrays.setAll(rates, i -> (now[i] - before.values[i]) * NANOS / age);
            }
            samples.put(what, new Sample(nowNanos, now.clone(), rates));
            return rates.clone();
        }
    }
}
