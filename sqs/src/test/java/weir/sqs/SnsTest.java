package weir.sqs;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Requests to SNS on the port of SQS. */
abstract class SnsTest extends SqsTest {
    static final String TOPIC = "arn:aws:sns:us-east-1:000000000000:";
    static final String QUEUE = "arn:aws:sqs:us-east-1:000000000000:";

    private static final Pattern ENTRY =
            Pattern.compile("<entry><key>(.*?)</key><value>(.*?)</value></entry>", Pattern.DOTALL);

    /** Parameters as name and value in turn. */
    SqsClient.Answer sns(String action, String... namesAndValues) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("Action", action);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            parameters.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        parameters.put("Version", "2010-03-31");
        return client.query(parameters);
    }

    SqsClient.Answer ok(String action, String... namesAndValues) {
        SqsClient.Answer answer = sns(action, namesAndValues);
        if (answer.status() != 200) {
            throw new AssertionError(action + " was answered " + answer.status() + " " + answer.body());
        }
        return answer;
    }

    /** Sends what is to fail, and returns the error as code, status and text. */
    String refused(String action, String... namesAndValues) {
        return refusal(sns(action, namesAndValues));
    }

    static String refusal(SqsClient.Answer answer) {
        return answer.element("Code") + " " + answer.status() + ": " + plain(answer.element("Message"));
    }

    /** Creates a topic and returns its ARN. */
    String topic(String name, String... attributes) {
        String[] parameters = new String[2 + attributes.length * 2];
        parameters[0] = "Name";
        parameters[1] = name;
        for (int i = 0; i < attributes.length; i += 2) {
            parameters[2 + i * 2] = "Attributes.entry." + (i / 2 + 1) + ".key";
            parameters[3 + i * 2] = attributes[i];
            parameters[4 + i * 2] = "Attributes.entry." + (i / 2 + 1) + ".value";
            parameters[5 + i * 2] = attributes[i + 1];
        }
        return ok("CreateTopic", parameters).element("TopicArn");
    }

    String fifoTopic(String name) {
        return topic(name, "FifoTopic", "true");
    }

    /** Subscribes the queue of that name and returns the subscription's ARN. */
    String subscribe(String topic, String queue) {
        return ok("Subscribe", "TopicArn", topic, "Protocol", "sqs", "Endpoint", QUEUE + queue)
                .element("SubscriptionArn");
    }

    Map<String, String> topicAttributes(String topic) {
        return entries(ok("GetTopicAttributes", "TopicArn", topic));
    }

    Map<String, String> subscriptionAttributes(String subscription) {
        return entries(ok("GetSubscriptionAttributes", "SubscriptionArn", subscription));
    }

    static Map<String, String> entries(SqsClient.Answer answer) {
        Map<String, String> entries = new TreeMap<>();
        Matcher matcher = ENTRY.matcher(answer.body());
        while (matcher.find()) {
            entries.put(matcher.group(1), plain(matcher.group(2)));
        }
        return entries;
    }

    static int count(SqsClient.Answer answer, String element) {
        return answer.body().split("<" + element + ">", -1).length - 1;
    }

    private static String plain(String xml) {
        return xml.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&amp;", "&");
    }
}
