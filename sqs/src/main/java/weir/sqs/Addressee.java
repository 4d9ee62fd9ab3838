package weir.sqs;

import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import org.jspecify.annotations.Nullable;
import weir.sqs.wire.Operation;
import weir.sqs.wire.QueryRequest;
import weir.sqs.wire.Service;
import weir.sqs.wire.SnsOperation;

/**
 * Which service a Query request is for. On AWS each has a host of its own; here they share a port, and some actions of the one
 * bear the name of one of the other. The version decides, as every SDK sends it. What has none, such as a link in a message
 * that somebody followed, goes by what it was signed for, and then by its action.
 */
final class Addressee {
    private static final String CREDENTIAL = "X-Amz-Credential";

    private Addressee() {}

    static Service of(QueryRequest form, ServerRequestHeaders headers) {
        String version = form.parameter("Version");
        for (Service service : Service.values()) {
            if (service.version().equals(version)) {
                return service;
            }
        }
        String authorization = headers.first(HeaderNames.AUTHORIZATION).orElse("");
        if (isForSns(authorization) || isForSns(form.parameter(CREDENTIAL))) {
            return Service.SNS;
        }
        String action = form.action();
        boolean snsAlone = action != null && SnsOperation.of(action) != null && Operation.of(action) == null;
        return snsAlone ? Service.SNS : Service.SQS;
    }

    private static boolean isForSns(@Nullable String credential) {
        return credential != null && credential.contains("/" + Service.SNS.signingName() + "/aws4_request");
    }
}
