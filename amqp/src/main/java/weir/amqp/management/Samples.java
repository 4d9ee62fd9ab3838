package weir.amqp.management;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How numbers went over the last minutes, for those who ask to see it: {@code lengths_age} and {@code lengths_incr} of queues' depths and
 * of what comes and goes, {@code msg_rates_age} and {@code msg_rates_incr} of what goes through. Nobody looks but who asks so; each
 * such request is a reading, and between two readings a number is taken to have changed evenly. Safe for use by any number of threads.
 */
final class Samples {
    private static final String DETAILS = "_details";
    private static final String TRAFFIC = "message_stats";

    /** Where the numbers are: beside what is said of a thing itself, and within it. */
    private static final List<String> SECTIONS = List.of("", "queue_totals", OwnNode.CHURN, TRAFFIC);

    private static final double MILLIS = 1000;

    private final InstantSource clock;

    /** Of what was asked for last. Its monitor guards what is within, too. */
    private final Map<String, Readings> readings = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Readings> eldest) {
            return size() > ManagementLimits.SAMPLED_MAX;
        }
    };

    Samples(InstantSource clock) {
        this.clock = clock;
    }

    /** How far back, and how far apart. */
    private record Range(long ageMillis, long stepMillis) {
        /** Null if it is not asked for. */
        static @Nullable Range of(Call call, String name) throws Failure {
            String age = call.query(name + "_age");
            String step = call.query(name + "_incr");
            return age == null || step == null ? null : new Range(millis(age), millis(step));
        }

        private static long millis(String seconds) throws Failure {
            try {
                int value = Integer.parseInt(seconds);
                if (value > 0) {
                    return value * 1000L;
                }
            } catch (NumberFormatException _) { // Told below.
            }
            throw Failure.badRequest("a range of samples is given in whole seconds, and not as " + seconds);
        }
    }

    /**
     * Reads the numbers, and adds how they went to the {@code _details} beside each, if the caller asks for that.
     *
     * @param what by which it is known the next time
     */
    void addTo(Facts facts, Call call, String what) throws Failure {
        Range lengths = Range.of(call, "lengths");
        Range rates = Range.of(call, "msg_rates");
        if (lengths == null && rates == null) {
            return;
        }
        long now = clock.millis();
        synchronized (readings) {
            Readings known = readings.computeIfAbsent(what, _ -> new Readings());
            known.add(now, numbers(facts));
            for (String section : SECTIONS) {
                Range range = section.equals(TRAFFIC) ? rates : lengths;
                Facts within = within(facts, section);
                if (range != null && within != null) {
                    add(within, section, range, known, now);
                }
            }
        }
    }

    private static Map<String, Long> numbers(Facts facts) {
        Map<String, Long> numbers = new LinkedHashMap<>();
        for (String section : SECTIONS) {
            Facts within = within(facts, section);
            if (within != null) {
                within.asMap().forEach((name, value) -> {
                    if (value instanceof Number number && within.get(name + DETAILS) != null) {
                        numbers.put(section + "." + name, number.longValue());
                    }
                });
            }
        }
        return numbers;
    }

    /** Null if there is no such section. */
    private static @Nullable Facts within(Facts facts, String section) {
        return section.isEmpty() ? facts : facts.get(section) instanceof Facts within ? within : null;
    }

    private static void add(Facts within, String section, Range range, Readings known, long now) {
        within.asMap().replaceAll((name, value) -> {
            if (!name.endsWith(DETAILS) || !(value instanceof Map<?, ?> details)) {
                return value;
            }
            String number = section + "." + name.substring(0, name.length() - DETAILS.length());
            return sampled(details, range, known, number, now);
        });
    }

    private static Facts sampled(Map<?, ?> details, Range range, Readings known, String number, long now) {
        long newest = now - now % range.stepMillis();
        List<Facts> samples = new ArrayList<>();
        double sum = 0;
        long first = known.at(number, now);
        long last = first;
        for (long at = newest; isShown(at, range, known, now, samples.size()); at -= range.stepMillis()) {
            last = known.at(number, at);
            first = samples.isEmpty() ? last : first;
            sum += last;
            samples.add(new Facts().with("sample", last).with("timestamp", at));
        }
        double seconds = (samples.size() - 1) * range.stepMillis() / MILLIS;
        Facts all = new Facts();
        details.forEach((name, value) -> all.with(String.valueOf(name), value));
        return all.with("samples", samples)
                .with("avg", sum / samples.size())
                .with("avg_rate", seconds > 0 ? (first - last) / seconds : 0.0);
    }

    /** The newest always is; nothing is known from before the first reading. */
    private static boolean isShown(long at, Range range, Readings known, long now, int shown) {
        return shown == 0
                || (at >= now - range.ageMillis() && at >= known.first() && shown < ManagementLimits.SAMPLES_MAX);
    }

    /** Of one thing. The samples' monitor guards it. */
    private static final class Readings {
        private static final class Reading {
            final long atMillis;
            final long[] numbers;

            Reading(long atMillis, long[] numbers) {
                this.atMillis = atMillis;
                this.numbers = numbers;
            }
        }

        /** Names by their places in each reading; one that came later is missing, and so zero, in those before. */
        private final Map<String, Integer> places = new LinkedHashMap<>();
        /** The oldest first. */
        private final List<Reading> all = new ArrayList<>();

        void add(long now, Map<String, Long> numbers) {
            if (!all.isEmpty() && now - all.getLast().atMillis < ManagementLimits.RATES_OVER.toMillis()) {
                return;
            }
            if (all.size() == ManagementLimits.READINGS_MAX) {
                all.removeFirst();
            }
            numbers.keySet().forEach(name -> places.putIfAbsent(name, places.size()));
            long[] values = new long[places.size()];
            numbers.forEach((name, value) -> values[places.getOrDefault(name, 0)] = value);
            all.add(new Reading(now, values));
        }

        long first() {
            return all.getFirst().atMillis;
        }

        /** What a number was then. */
        long at(String name, long atMillis) {
            Reading after = all.getLast();
            for (Reading before : all.reversed()) {
                if (before.atMillis <= atMillis) {
                    return between(before, after, name, atMillis);
                }
                after = before;
            }
            return value(after, name);
        }

        private long between(Reading before, Reading after, String name, long atMillis) {
            long from = value(before, name);
            long over = after.atMillis - before.atMillis;
            double share = over == 0 ? 0 : (double) (atMillis - before.atMillis) / over;
            return from + Math.round(Math.min(1, share) * (value(after, name) - from));
        }

        private long value(Reading reading, String name) {
            int place = places.getOrDefault(name, Integer.MAX_VALUE);
            return place < reading.numbers.length ? reading.numbers[place] : 0;
        }
    }
}
