package weir.sqs;

import java.util.UUID;
import weir.core.Check;
import weir.sqs.action.Rests;
import weir.sqs.auth.AuthMode;

/**
 * What an operator can set of the SQS front.
 *
 * @param host the address to listen on
 * @param port the port to listen on; 0 for any free one
 * @param region the region in ARNs; requests may name any
 * @param account the twelve digits in queue URLs and ARNs; requests may name any
 * @param cluster the identity of the cluster that the queues are of; message ids are made from it
 * @param connectionsMax connections open at a time; more wait to be accepted
 * @param auth how much is asked of a request before it is served
 * @param snsHttp whether SNS sends to HTTP endpoints that clients subscribe; they may name any address that this server reaches
 * @param rests how long a client must wait before it does certain things again
 */
public record SqsSettings(
        String host,
        int port,
        String region,
        String account,
        UUID cluster,
        int connectionsMax,
        AuthMode auth,
        boolean snsHttp,
        Rests rests) {
    public static final SqsSettings DEFAULT = new SqsSettings(
            "127.0.0.1",
            9324,
            "us-east-1",
            "000000000000",
            new UUID(0, 0),
            SqsLimits.CONNECTIONS,
            AuthMode.OFF,
            true,
            Rests.AS_ON_AWS);

    public SqsSettings {
        Check.inRange("port", port, 0, 65_535);
        Check.inRange("connectionsMax", connectionsMax, 1, 1_000_000);
        if (!isAccount(account)) {
            throw new IllegalArgumentException("account is " + account + ", allowed are twelve digits");
        }
        if (region.isEmpty() || region.contains(":")) {
            throw new IllegalArgumentException("region is " + region + ", allowed is a name without a colon");
        }
    }

    public SqsSettings withAddress(String newHost, int newPort) {
        return new SqsSettings(newHost, newPort, region, account, cluster, connectionsMax, auth, snsHttp, rests);
    }

    public SqsSettings withAuth(AuthMode newAuth) {
        return new SqsSettings(host, port, region, account, cluster, connectionsMax, newAuth, snsHttp, rests);
    }

    public SqsSettings withSnsHttp(boolean newSnsHttp) {
        return new SqsSettings(host, port, region, account, cluster, connectionsMax, auth, newSnsHttp, rests);
    }

    public SqsSettings withRests(Rests newRests) {
        return new SqsSettings(host, port, region, account, cluster, connectionsMax, auth, snsHttp, newRests);
    }

    private static boolean isAccount(String account) {
        return account.length() == 12 && account.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
