package weir.sqs.sns.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import weir.sqs.sns.DeliveryPolicy;

class RetryScheduleTest {
    private static List<Long> secondsOf(DeliveryPolicy policy) {
        List<Long> pauses = new ArrayList<>();
        var schedule = new RetrySchedule(policy);
        for (int failures = 1; schedule.afterFailure(failures).isPresent(); failures++) {
            pauses.add(schedule.afterFailure(failures).map(Duration::toSeconds).orElseThrow());
        }
        return pauses;
    }

    private static DeliveryPolicy policy(String backoff) {
        return new DeliveryPolicy(1, 60, 10, 2, 2, 2, backoff, null, "text/plain");
    }

    @Test
    void standardPolicyTriesThreeTimesMore() {
        assertThat(secondsOf(DeliveryPolicy.STANDARD)).containsExactly(20L, 20L, 20L);
    }

    @Test
    void phasesFollowOneAnother() {
        assertThat(secondsOf(policy("linear"))).containsExactly(0L, 0L, 1L, 1L, 15L, 30L, 45L, 60L, 60L, 60L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"linear", "arithmetic", "geometric", "exponential"})
    void everyCurveRisesFromTheShortestDelayToTheLongest(String backoff) {
        List<Long> pauses = secondsOf(policy(backoff)).subList(3, 8);
        assertThat(pauses).isSorted().endsWith(60L).allSatisfy(seconds -> assertThat(seconds)
                .isBetween(1L, 60L));
    }

    @Test
    void policyWithoutRetriesGivesUpAtOnce() {
        assertThat(secondsOf(new DeliveryPolicy(1, 1, 0, 0, 0, 0, "linear", null, "text/plain")))
                .isEmpty();
    }
}
