package weir.kafka.node;

import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import weir.kafka.Front;
import weir.kafka.session.Call;
import weir.kafka.session.Handler;
import weir.kafka.session.Served;

/** DescribeCluster: the brokers. */
public final class DescribingCluster implements Handler {
    private static final byte BROKERS = 1;

    private final Front front;

    public DescribingCluster(Front front) {
        this.front = front;
    }

    @Override
    public Served served() {
        return Served.whole(ApiKeys.DESCRIBE_CLUSTER);
    }

    @Override
    public ApiMessage answer(Call call) {
        byte asked = call.data(DescribeClusterRequestData.class).endpointType();
        if (asked != BROKERS) {
            return new DescribeClusterResponseData()
                    .setErrorCode(Errors.MISMATCHED_ENDPOINT_TYPE.code())
                    .setErrorMessage("Clients are served by brokers here; there are no controllers apart from them");
        }
        DescribeClusterResponseData answer = new DescribeClusterResponseData()
                .setEndpointType(BROKERS)
                .setClusterId(front.settings().cluster())
                .setControllerId(front.nodes().self().id());
        for (KafkaNode node : front.nodes().all()) {
            answer.brokers()
                    .add(new DescribeClusterBroker()
                            .setBrokerId(node.id())
                            .setHost(node.host())
                            .setPort(node.port()));
        }
        return answer;
    }
}
