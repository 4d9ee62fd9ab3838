#!/usr/bin/env python3
"""Makes a data directory with a little of everything, by a real release: ./make.py WEIR-SERVER.JAR OUT.zip

Part of it ends in checkpoints (the server is stopped in order), the rest in the log alone (it is killed). What is in it is
what GoldenDataTest expects. Needs boto3 and pika; the server is on loopback ports 19324, 15671 and 25672 meanwhile."""
import os, signal, subprocess, sys, tempfile, time, zipfile
import boto3, pika

JAR, OUT = sys.argv[1:3]
SQS, ADMIN = "http://127.0.0.1:19324", "http://127.0.0.1:25672"
JAVA = [os.environ.get("JAVA", "java"), "--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED"]
LONG = "3650d"
data = tempfile.mkdtemp(prefix="weir-golden-") + "/data"
env = dict(os.environ, WEIR_DATA=data, WEIR_SQS_PORT="19324", WEIR_AMQP_PORT="15671", WEIR_KAFKA_PORT="0", WEIR_ADMIN_PORT="25672", WEIR_SHARDS="2")


def start():
    server = subprocess.Popen(JAVA + ["-Xmx256m", "-jar", JAR, "server"], env=env)
    for _ in range(300):
        try:
            sqs.list_queues()
            return server
        except Exception:
            time.sleep(0.1)
    raise SystemExit("the server does not answer")


def weir(*arguments):
    return subprocess.check_output(JAVA + ["-jar", JAR, *arguments, "--server", ADMIN], text=True)


def client(service):
    return boto3.client(service, endpoint_url=SQS, region_name="us-east-1", aws_access_key_id="any",
                        aws_secret_access_key="thing")


def url(queue):
    return sqs.get_queue_url(QueueName=queue)["QueueUrl"]


def send(queue, *bodies, **more):
    for body in bodies:
        sqs.send_message(QueueUrl=url(queue), MessageBody=body, **more)


def receive(queue, count, **more):
    return sqs.receive_message(QueueUrl=url(queue), MaxNumberOfMessages=count, WaitTimeSeconds=2, **more)["Messages"]


def stream(*bodies):
    """What topics are to AMQP, since edition 4."""
    with pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", 15671)) as connection:
        channel = connection.channel()
        channel.queue_declare("events", durable=True, arguments={"x-queue-type": "stream"})
        channel.confirm_delivery()
        for body in bodies:
            channel.basic_publish("", "events", body.encode())


def delete(queue, message):
    sqs.delete_message(QueueUrl=url(queue), ReceiptHandle=message["ReceiptHandle"])


def fail(queue, count):
    """Two deliveries that come to nothing, and a look that finds out: dead letters."""
    for _ in range(2):
        for message in receive(queue, count):
            sqs.change_message_visibility(QueueUrl=url(queue), ReceiptHandle=message["ReceiptHandle"],
                                          VisibilityTimeout=0)
    sqs.receive_message(QueueUrl=url(queue), WaitTimeSeconds=1)


sqs, sns = client("sqs"), client("sns")
server = start()
weir("queue", "create", "orders", "--retention", LONG, "--lease", "12h")
weir("queue", "create", "failed", "--retention", LONG)
weir("queue", "create", "fragile", "--retention", LONG, "--dead-letter", "failed", "--max-attempts", "2")
weir("queue", "create", "later", "--retention", LONG)
weir("queue", "create", "ledger.fifo", "--ordered", "--retention", LONG, "--lease", "12h")
weir("queue", "create", "urgent", "--retention", LONG, "--priority-levels", "3")
weir("queue", "create", "news-copy", "--retention", LONG)
weir("user", "add", "alice")
weir("key", "create", "alice")
topic = sns.create_topic(Name="news")["TopicArn"]
arn = sqs.get_queue_attributes(QueueUrl=url("news-copy"), AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
for i in range(20):
    send("orders", f"order-{i}", MessageAttributes={"number": {"DataType": "Number", "StringValue": str(i)}})
for message in receive("orders", 2):  # order-0 and order-1 are done
    delete("orders", message)
receive("orders", 3)  # order-2 to order-4 are in flight
send("fragile", "dead-0", "dead-1")
fail("fragile", 2)
weir("send", "later", "delayed-0", "--delay", LONG)
for group in "ab":
    for i in range(5):
        send("ledger.fifo", f"{group}-{i}", MessageGroupId=group, MessageDeduplicationId=f"{group}-{i}")
receive("ledger.fifo", 1)  # a-0 is in flight, so a is locked
for level in (2, 1, 0):
    weir("send", "urgent", f"level-{level}", "--priority", str(level))
sns.publish(TopicArn=topic, Message="news-0")
stream("event-0", "event-1", "event-2")
server.send_signal(signal.SIGTERM)
server.wait(60)

server = start()
for i in range(20, 30):
    send("orders", f"order-{i}")
for message in receive("orders", 1):  # order-5 is done
    delete("orders", message)
receive("orders", 2)  # order-6 and order-7 are in flight
send("fragile", "dead-2", "whole")
receive("fragile", 2, VisibilityTimeout=0)
weir("send", "later", "delayed-1", "--delay", LONG)
send("ledger.fifo", "a-5", MessageGroupId="a", MessageDeduplicationId="a-5")
weir("send", "urgent", "level-0-again", "--priority", "0")
sns.publish(TopicArn=topic, Message="news-1")
stream("event-3", "event-4")
weir("user", "add", "bob")
server.kill()
server.wait()

with zipfile.ZipFile(OUT, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
    for place, _, files in os.walk(data):
        for name in sorted(files):
            path = os.path.join(place, name)
            entry = zipfile.ZipInfo(os.path.relpath(path, data))
            entry.compress_type = zipfile.ZIP_DEFLATED
            with open(path, "rb") as content:
                packed.writestr(entry, content.read())
print(data)
