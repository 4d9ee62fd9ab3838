package weir.sqs.sns.delivery;

import java.time.Duration;
import java.util.Optional;
import weir.sqs.sns.DeliveryPolicy;

/** When a failed delivery is tried again, by a policy's four phases. */
record RetrySchedule(DeliveryPolicy policy) {
    /**
     * The pause before the next try.
     *
     * @param failures how often the message was tried, all in vain
     * @return empty if it is given up
     */
    Optional<Duration> afterFailure(int failures) {
        if (failures > policy.retries()) {
            return Optional.empty();
        }
        int backoffRetries =
                policy.retries() - policy.noDelayRetries() - policy.minDelayRetries() - policy.maxDelayRetries();
        int retry = failures - policy.noDelayRetries();
        if (retry <= 0) {
            return Optional.of(Duration.ZERO);
        }
        retry -= policy.minDelayRetries();
        if (retry <= 0) {
            return Optional.of(Duration.ofSeconds(policy.minDelaySeconds()));
        }
        return Optional.of(
                retry <= backoffRetries
                        ? between(retry, backoffRetries)
                        : Duration.ofSeconds(policy.maxDelaySeconds()));
    }

    /** AWS draws these curves without giving their formulas; all lead from the shortest delay to the longest. */
    private Duration between(int retry, int of) {
        double part = (double) retry / of;
        double min = policy.minDelaySeconds();
        double max = policy.maxDelaySeconds();
        double seconds =
                switch (policy.backoff()) {
                    case "geometric" -> min * Math.pow(max / min, part);
                    case "exponential" -> min + (max - min) * (Math.pow(2, 10 * part) - 1) / 1023;
                    case "arithmetic" -> min + (max - min) * part * part;
                    default -> min + (max - min) * part;
                };
        return Duration.ofMillis(Math.round(seconds * 1000));
    }
}
