package weir.sqs.action;

import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.sqs.wire.SqsError;

/**
 * The names that SQS has for a queue: its own, its URL as the client reaches this server, and its ARN.
 *
 * @param region as in ARNs
 * @param account twelve digits
 */
public record QueueNames(String region, String account) {
    private static final String FIFO_SUFFIX = ".fifo";

    /** How the names of queues begin in which SNS keeps what it has to deliver: no client of SQS sees them. */
    public static final String SNS_PREFIX = "sns:";

    /** How the names begin of other fronts' own queues, of those of other virtual hosts, and of those that a server has named. */
    private static final List<String> OTHERS = List.of("amqp:", "//", "amq.");

    /** @param endpoint scheme, host and port as the client wrote them */
    public String url(String endpoint, String name) {
        return endpoint + "/" + account + "/" + name;
    }

    public String arn(String name) {
        return "arn:aws:sqs:" + region + ":" + account + ":" + name;
    }

    /** The queue name in an ARN of this region and account; null if it is none that a client may know. */
    public @Nullable String nameInArn(String arn) {
        String prefix = arn("");
        String name = arn.startsWith(prefix) ? arn.substring(prefix.length()) : "";
        return name.isEmpty() || isInternal(name) ? null : name;
    }

    /** Also those that other fronts keep for themselves or give names that no client of SQS could say. */
    static boolean isInternal(String name) {
        return name.startsWith(SNS_PREFIX) || OTHERS.stream().anyMatch(name::startsWith);
    }

    /** The queue name in a queue URL: its last part, so that a bare name will do, and a slash behind it too. */
    static String nameInUrl(String url) {
        int end = url.endsWith("/") ? url.length() - 1 : url.length();
        String name = url.substring(url.lastIndexOf('/', end - 1) + 1, end);
        if (name.isEmpty()) {
            throw SqsError.INVALID_ADDRESS.because("The address " + url + " is not valid for this endpoint.");
        }
        return name;
    }

    static boolean isFifo(String name) {
        return name.endsWith(FIFO_SUFFIX);
    }

    static void check(String name, boolean fifoAsked) {
        boolean suffix = isFifo(name);
        if (fifoAsked && (!suffix || !isPlain(name, name.length() - FIFO_SUFFIX.length()))) {
            throw SqsError.INVALID_PARAMETER_VALUE.because(
                    "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores,"
                            + " must end with .fifo suffix and be 1 to 80 in length");
        }
        if (!fifoAsked && !isPlain(name, name.length())) {
            throw SqsError.INVALID_PARAMETER_VALUE.because(
                    "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length");
        }
    }

    private static boolean isPlain(String name, int end) {
        if (end < 1 || name.length() > Quotas.QUEUE_NAME_CHARS_MAX) {
            return false;
        }
        for (int i = 0; i < end; i++) {
            if (!Text.isNameChar(name.charAt(i))) {
                return false;
            }
        }
        return true;
    }
}
