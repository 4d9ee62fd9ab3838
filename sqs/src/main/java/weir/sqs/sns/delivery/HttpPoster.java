package weir.sqs.sns.delivery;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import weir.core.Message;
import weir.sqs.sns.Subscription;
import weir.sqs.sns.message.Notification;

/** Sends to HTTP endpoints as SNS does, within bounds on time and number. Safe for use by any number of threads. */
final class HttpPoster implements AutoCloseable {
    private static final String AGENT = "Amazon Simple Notification Service Agent";

    /** How SNS sends what asks for a confirmation; the policy is about notifications. */
    private static final String PLAIN = "text/plain; charset=UTF-8";

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpPermits permits = new HttpPermits();
    /** Made when first needed: most servers never send anything, and it has threads of its own. */
    private @Nullable HttpClient client;

    /** What a request came to. */
    enum Result {
        TAKEN,
        /** It may be taken another time: a server's fault, or none could be reached. */
        FAILED,
        /** There was no answer in time. It counts as a failure, and its endpoint gets less to do. */
        HUNG,
        /** It would never be taken. */
        REFUSED,
        /** It was not sent, as too much is being sent already. */
        NOT_SENT
    }

    /**
     * Sends one message, and waits for the answer.
     *
     * @param shown in the form that the subscriber wants
     */
    Result post(
            Subscription subscription,
            Notification notification,
            Message shown,
            String contentType,
            HttpPermits.Kind kind)
            throws InterruptedException {
        HttpRequest request;
        try {
            request = request(subscription, notification, shown, contentType);
        } catch (IllegalArgumentException _) { // The endpoint is no URL that anything can be sent to.
            return Result.REFUSED;
        }
        if (!permits.acquire(kind)) {
            return Result.NOT_SENT;
        }
        try {
            return result(request);
        } finally {
            permits.release(kind);
        }
    }

    /** How many more requests than the first one an endpoint may be sent now. */
    int furtherRoom() {
        return permits.furtherRoom();
    }

    private synchronized HttpClient client() {
        HttpClient made = client;
        if (made == null) {
            made = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(Redirect.NEVER) // A subscriber confirmed one address, not where that may point to.
                    .connectTimeout(DeliveryLimits.HTTP_CONNECT_TIME)
                    .executor(threads)
                    .build();
            client = made;
        }
        return made;
    }

    private static HttpRequest request(
            Subscription subscription, Notification notification, Message shown, String contentType) {
        URI uri = URI.create(subscription.endpoint());
        boolean isNotification = notification.type() == Notification.Type.NOTIFICATION;
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .header("User-Agent", AGENT)
                .header("Accept-Encoding", "gzip,deflate")
                .header("Content-Type", isNotification ? contentType : PLAIN)
                .header("x-amz-sns-message-type", notification.type().wireName())
                .header("x-amz-sns-message-id", notification.messageId())
                .header("x-amz-sns-topic-arn", notification.topicArn());
        if (notification.type() != Notification.Type.SUBSCRIPTION_CONFIRMATION) {
            request.header("x-amz-sns-subscription-arn", subscription.arn());
        }
        if (isNotification && subscription.raw()) {
            request.header("x-amz-sns-rawdelivery", "true");
        }
        if (uri.getUserInfo() != null) {
            byte[] user = uri.getUserInfo().getBytes(StandardCharsets.UTF_8);
            request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(user));
        }
        byte[] body = shown.body().toArray();
        return request.POST(HttpRequest.BodyPublishers.ofByteArray(body)).build();
    }

    /** Of the answer only the status counts; its body is thrown away as it comes. */
    private Result result(HttpRequest request) throws InterruptedException {
        CompletableFuture<HttpResponse<Void>> answer =
                client().sendAsync(request, HttpResponse.BodyHandlers.discarding());
        try {
            return of(answer.get(DeliveryLimits.HTTP_TIME.toMillis(), TimeUnit.MILLISECONDS)
                    .statusCode());
        } catch (TimeoutException _) {
            return Result.HUNG;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HttpTimeoutException) {
                return Result.HUNG; // It could not even be connected to.
            }
            if (e.getCause() instanceof IOException) {
                return Result.FAILED;
            }
            if (e.getCause() instanceof IllegalArgumentException) {
                return Result.REFUSED; // Nothing can be sent there, such as to port 99999.
            }
            throw new IllegalStateException("a request to " + request.uri().getHost() + " failed", e.getCause());
        } finally {
            answer.cancel(true); // Closes the connection if it is still busy with this.
        }
    }

    private static Result of(int status) {
        if (status >= 200 && status < 300) {
            return Result.TAKEN;
        }
        return status >= 300 && status < 500 && status != 429 ? Result.REFUSED : Result.FAILED;
    }

    @Override
    public synchronized void close() {
        threads.shutdownNow();
        if (client != null) {
            client.shutdownNow();
        }
    }
}
