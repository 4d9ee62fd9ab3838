package weir.sqs.action;

import java.time.Duration;
import weir.core.Check;
import weir.core.Limits;

/**
 * How long SQS makes its clients wait before they do a thing again. Sixty seconds each on AWS; tests want none.
 *
 * @param delete before a queue is created with the name of one that was deleted; zero for no wait
 * @param purge before a queue is purged again; zero for no wait
 */
public record Rests(Duration delete, Duration purge) {
    public static final Rests AS_ON_AWS = new Rests(Duration.ofSeconds(60), Duration.ofSeconds(60));
    public static final Rests NONE = new Rests(Duration.ZERO, Duration.ZERO);

    public Rests {
        Check.inRange("delete", delete.toMillis(), 0, Limits.NAME_REST_MAX.toMillis());
        Check.inRange("purge", purge.toMillis(), 0, Limits.NAME_REST_MAX.toMillis());
    }
}
