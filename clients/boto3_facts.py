"""Facts about SQS as boto3 sees it. Old versions speak Query/XML, new ones JSON. Usage: boto3_facts.py ENDPOINT"""

import hashlib
import json
import sys
import threading
import time

import boto3
import botocore
from botocore.exceptions import ClientError

from facts import fact, tell

ENDPOINT = sys.argv[1]
PROTOCOL = boto3.client("sqs", endpoint_url=ENDPOINT).meta.service_model.metadata["protocol"]
ACCOUNT_PATH = "/000000000000/"

sqs = boto3.client("sqs", endpoint_url=ENDPOINT)
made = []


def queue(name, **attributes):
    url = sqs.create_queue(QueueName="boto3-" + name, Attributes=attributes)["QueueUrl"]
    made.append(url)
    return url


def receive(url, wait=0, count=10, **more):
    answer = sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=count, WaitTimeSeconds=wait, AttributeNames=["All"],
        MessageAttributeNames=["All"], **more)
    return answer.get("Messages", [])


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response
        return error
    raise AssertionError("it was not refused")


@fact
def attributes_are_read_back_as_they_were_set():
    url = queue("attributes", VisibilityTimeout="77", DelaySeconds="3", MessageRetentionPeriod="3600")
    assert url == ENDPOINT + ACCOUNT_PATH + "boto3-attributes", url
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"ReceiveMessageWaitTimeSeconds": "2"})
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    wanted = {"VisibilityTimeout": "77", "DelaySeconds": "3", "MessageRetentionPeriod": "3600",
              "ReceiveMessageWaitTimeSeconds": "2", "ApproximateNumberOfMessages": "0",
              "QueueArn": "arn:aws:sqs:us-east-1:000000000000:boto3-attributes"}
    assert wanted.items() <= found.items(), found
    assert sqs.get_queue_url(QueueName="boto3-attributes")["QueueUrl"] == url
    assert url in sqs.list_queues(QueueNamePrefix="boto3-attr")["QueueUrls"]


@fact
def messages_come_back_byte_for_byte_and_are_gone_once_deleted():
    url = queue("messages")
    body = "häl\tlo\r\n<&>\"' \U0001f30d"
    attributes = {"text": {"DataType": "String.custom", "StringValue": "1"},
                  "number": {"DataType": "Number", "StringValue": "-1.5"},
                  "bytes": {"DataType": "Binary", "BinaryValue": bytes(range(256))}}
    sent = sqs.send_message(QueueUrl=url, MessageBody=body, MessageAttributes=attributes)
    assert sent["MD5OfMessageBody"] == md5(body), sent
    (message,) = receive(url)
    assert message["Body"] == body
    assert message["MD5OfBody"] == md5(body)
    assert message["MessageId"] == sent["MessageId"]
    assert message["MessageAttributes"] == attributes, message["MessageAttributes"]
    assert message["MD5OfMessageAttributes"] == sent["MD5OfMessageAttributes"]
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"
    assert abs(int(message["Attributes"]["SentTimestamp"]) / 1000 - time.time()) < 60
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    counters = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert counters["ApproximateNumberOfMessages"] == counters["ApproximateNumberOfMessagesNotVisible"] == "0"


@fact
def ten_go_in_one_batch_and_a_bad_entry_fails_alone():
    url = queue("batch")
    entries = [{"Id": str(i), "MessageBody": "body %d" % i} for i in range(9)]
    entries.append({"Id": "bad", "MessageBody": "x", "DelaySeconds": 901})
    sent = sqs.send_message_batch(QueueUrl=url, Entries=entries)
    assert [one["Id"] for one in sent["Successful"]] == [str(i) for i in range(9)], sent
    assert [(one["Id"], one["SenderFault"]) for one in sent["Failed"]] == [("bad", True)], sent
    messages = receive(url, wait=2)
    assert sorted(one["Body"] for one in messages) == ["body %d" % i for i in range(9)]
    handles = [{"Id": str(i), "ReceiptHandle": one["ReceiptHandle"]} for i, one in enumerate(messages)]
    sqs.change_message_visibility_batch(
        QueueUrl=url, Entries=[dict(one, VisibilityTimeout=60) for one in handles])
    assert len(sqs.delete_message_batch(QueueUrl=url, Entries=handles)["Successful"]) == 9


@fact
def fifo_keeps_the_order_of_a_group_and_drops_repeats():
    url = queue("order.fifo", FifoQueue="true", ContentBasedDeduplication="true")
    sent = [sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId=group)
            for group, body in [("a", "1"), ("b", "2"), ("a", "3"), ("a", "4"), ("a", "3")]]
    assert sent[2]["MessageId"] == sent[4]["MessageId"], "the repeat is told as the first"
    numbers = [int(one["SequenceNumber"]) for one in sent[:4]]
    assert numbers == sorted(numbers)
    messages = receive(url, wait=2)
    of_a = [one["Body"] for one in messages if one["Attributes"]["MessageGroupId"] == "a"]
    assert of_a == ["1", "3", "4"], messages
    assert receive(url) == [], "groups in flight are locked"


@fact
def a_long_poll_is_answered_as_soon_as_a_message_arrives():
    url = queue("poll")
    found = []
    other = boto3.client("sqs", endpoint_url=ENDPOINT)
    poll = threading.Thread(target=lambda: found.extend(other.receive_message(
        QueueUrl=url, WaitTimeSeconds=20).get("Messages", [])))
    started = time.monotonic()
    poll.start()
    sqs.send_message(QueueUrl=url, MessageBody="x")
    poll.join()
    assert len(found) == 1
    assert time.monotonic() - started < 15, "it waited to the end"


@fact
def a_message_received_too_often_goes_to_the_dead_letter_queue():
    dead = queue("dead")
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    url = queue("poisoned", RedrivePolicy=json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "2"}))
    sqs.send_message(QueueUrl=url, MessageBody="poison")
    for attempt in ("1", "2"):
        (message,) = receive(url, VisibilityTimeout=0)
        assert message["Attributes"]["ApproximateReceiveCount"] == attempt
    assert receive(url) == []
    (message,) = receive(dead, wait=10)
    assert message["Body"] == "poison"
    assert sqs.list_dead_letter_source_queues(QueueUrl=dead)["queueUrls"] == [url]


@fact
def tags_are_kept_listed_and_taken_off():
    url = queue("tags")
    sqs.tag_queue(QueueUrl=url, Tags={"team": "orders", "empty": ""})
    sqs.untag_queue(QueueUrl=url, TagKeys=["empty"])
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"team": "orders"}


@fact
def a_message_of_1_mib_goes_through_and_a_larger_one_is_refused():
    url = queue("large")
    body = "x" * (1024 * 1024)
    sqs.send_message(QueueUrl=url, MessageBody=body)
    (message,) = receive(url, wait=2)
    assert message["Body"] == body
    refused("InvalidParameterValue", sqs.send_message, QueueUrl=url, MessageBody=body + "x")


@fact
def errors_have_the_classes_that_programs_catch():
    error = refused("AWS.SimpleQueueService.NonExistentQueue", sqs.get_queue_url, QueueName="boto3-none")
    assert isinstance(error, sqs.exceptions.QueueDoesNotExist) or PROTOCOL == "query", type(error)
    url = queue("errors")
    refused("ReceiptHandleIsInvalid", sqs.delete_message, QueueUrl=url, ReceiptHandle="garbage")
    refused("InvalidAttributeName", sqs.set_queue_attributes, QueueUrl=url, Attributes={"Nonsense": "1"})


@fact
def a_topic_fans_out_to_the_queues_that_are_subscribed():
    sns = boto3.client("sns", endpoint_url=ENDPOINT)
    arn = sns.create_topic(Name="boto3-topic")["TopicArn"]
    url = queue("subscribed")
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:000000000000:boto3-subscribed",
                  Attributes={"RawMessageDelivery": "true", "FilterPolicy": json.dumps({"kind": ["wanted"]})})
    for kind in ("other", "wanted"):
        sns.publish(TopicArn=arn, Message=kind,
                    MessageAttributes={"kind": {"DataType": "String", "StringValue": kind}})
    (message,) = receive(url, wait=10)
    assert message["Body"] == "wanted"
    assert message["MessageAttributes"]["kind"]["StringValue"] == "wanted"
    sns.delete_topic(TopicArn=arn)


@fact
def the_resource_interface_works():
    resource = boto3.resource("sqs", endpoint_url=ENDPOINT)
    found = resource.Queue(queue("resource"))
    found.send_message(MessageBody="hello", DelaySeconds=0)
    (message,) = found.receive_messages(WaitTimeSeconds=2)
    message.change_visibility(VisibilityTimeout=0)
    (message,) = found.receive_messages(WaitTimeSeconds=2)
    message.delete()
    found.load()
    assert found.attributes["ApproximateNumberOfMessages"] == "0"


code = tell("boto3 %s, botocore %s, protocol %s" % (boto3.__version__, botocore.__version__, PROTOCOL))
for url in made:
    try:
        sqs.delete_queue(QueueUrl=url)
    except ClientError:
        pass  # Made twice.
sys.exit(code)
