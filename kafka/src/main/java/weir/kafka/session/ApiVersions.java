package weir.kafka.session;

import java.util.List;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersionCollection;
import org.apache.kafka.common.message.ApiVersionsResponseData.FinalizedFeatureKey;
import org.apache.kafka.common.message.ApiVersionsResponseData.SupportedFeatureKey;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiVersionsRequest;

/** Tells clients which requests are served, in which versions: those that are, and no others. */
final class ApiVersions implements Handler {
    /** The feature by which clients know that Kafka's newer consumer groups are served. */
    private static final String GROUPS = "group.version";

    private static final short GROUPS_LEVEL = 1;

    /** Answered in any version: who speaks a newer one is told which to use. */
    private static final Served SERVED = Served.whole(ApiKeys.API_VERSIONS);

    private final List<Served> all;

    /** @param others besides this one */
    ApiVersions(List<Served> others) {
        all = others;
    }

    @Override
    public Served served() {
        return SERVED;
    }

    @Override
    public ApiMessage answer(Call call) {
        if (!((ApiVersionsRequest) call.request()).isValid()) {
            return new ApiVersionsResponseData().setErrorCode(Errors.INVALID_REQUEST.code());
        }
        ApiVersionsResponseData answer = list();
        if (all.stream().anyMatch(served -> served.key() == ApiKeys.CONSUMER_GROUP_HEARTBEAT)) {
            answer.supportedFeatures()
                    .add(new SupportedFeatureKey()
                            .setName(GROUPS)
                            .setMinVersion(GROUPS_LEVEL)
                            .setMaxVersion(GROUPS_LEVEL));
            answer.finalizedFeatures()
                    .add(new FinalizedFeatureKey()
                            .setName(GROUPS)
                            .setMinVersionLevel(GROUPS_LEVEL)
                            .setMaxVersionLevel(GROUPS_LEVEL));
            answer.setFinalizedFeaturesEpoch(0);
        }
        return answer;
    }

    /** What a client that speaks a newer version is told, in the oldest. */
    ApiMessage unsupported() {
        return list().setErrorCode(Errors.UNSUPPORTED_VERSION.code());
    }

    private ApiVersionsResponseData list() {
        ApiVersionCollection versions = new ApiVersionCollection();
        all.forEach(served -> versions.add(told(served)));
        versions.add(told(SERVED));
        return new ApiVersionsResponseData().setApiKeys(versions);
    }

    /** librdkafka turns off compression where Produce does not begin with 0, though it sends nothing older than 3 (KAFKA-18659). */
    private static ApiVersion told(Served served) {
        return new ApiVersion()
                .setApiKey(served.key().id)
                .setMinVersion(
                        served.key() == ApiKeys.PRODUCE
                                ? ApiKeys.PRODUCE_API_VERSIONS_RESPONSE_MIN_VERSION
                                : (short) served.oldest())
                .setMaxVersion((short) served.newest());
    }
}
