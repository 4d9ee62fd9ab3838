"""RabbitMQ's seven tutorials as pika's users type them, each party on a connection of its own: what did each get?

Usage: pika_tutorials.py amqp://USER:PASSWORD@HOST:PORT/%2f
"""

import contextlib
import socket
import sys
import threading
import uuid

import pika
from pika.exceptions import AMQPConnectionError, UnroutableError

from facts import fact, tell

SECONDS_MAX = 20


@contextlib.contextmanager
def party():
    connection = pika.BlockingConnection(pika.URLParameters(sys.argv[1]))
    try:
        yield connection.channel()
    finally:
        try:
            connection.close()
        except AMQPConnectionError:
            pass  # It has died.


def received(on, count):
    """Consumes as was set up until so many messages came to all consumers of the channel's connection."""
    connection = on.connection
    given_up = []
    timer = connection.call_later(SECONDS_MAX, lambda: given_up.append(True))
    while sum(len(got) for got in on.got.values()) < count:
        assert not given_up, on.got
        connection.process_data_events(time_limit=1)
    connection.remove_timeout(timer)


def consume(on, queue, auto_ack=True, handle=None):
    """Returns the list to which the bodies of what comes are added."""
    if not hasattr(on, "got"):
        on.got = {}
    got = on.got.setdefault(queue, [])

    def callback(there, method, properties, body):
        got.append(body.decode())
        if handle:
            handle(there, method, properties, body)

    on.basic_consume(queue, callback, auto_ack=auto_ack)
    return got


@fact
def hello_world():
    with party() as sender, party() as receiver:
        sender.queue_declare(queue="hello")
        sender.basic_publish(exchange="", routing_key="hello", body="Hello World!")
        receiver.queue_declare(queue="hello")
        got = consume(receiver, "hello")
        received(receiver, 1)
        assert got == ["Hello World!"], got
        receiver.queue_delete("hello")


@fact
def work_queues():
    with party() as boss, party() as first, party() as second:
        boss.queue_declare(queue="task_queue", durable=True)
        done = []

        def work(there, method, _, body):
            done.append(body.decode())
            there.basic_ack(delivery_tag=method.delivery_tag)

        for worker in (first, second):
            worker.queue_declare(queue="task_queue", durable=True)
            worker.basic_qos(prefetch_count=1)
        busy = consume(first, "task_queue", auto_ack=False)  # Takes one, and never finishes it.
        persistent = pika.BasicProperties(delivery_mode=pika.spec.PERSISTENT_DELIVERY_MODE)
        boss.basic_publish(exchange="", routing_key="task_queue", body="task 0", properties=persistent)
        received(first, 1)
        idle = consume(second, "task_queue", auto_ack=False, handle=work)
        for i in range(1, 5):
            boss.basic_publish(exchange="", routing_key="task_queue", body="task %d" % i, properties=persistent)
        received(second, 4)
        assert (busy, idle) == (["task 0"], ["task %d" % i for i in range(1, 5)]), (busy, idle)
        first.connection._impl._transport._sock.shutdown(socket.SHUT_RDWR)  # The worker dies.
        received(second, 5)
        assert done == ["task 1", "task 2", "task 3", "task 4", "task 0"], done
        boss.queue_delete("task_queue")


@fact
def publish_subscribe():
    with party() as emitter, party() as screen, party() as disk:
        emitter.exchange_declare(exchange="logs", exchange_type="fanout")
        emitter.basic_publish(exchange="logs", routing_key="", body="nobody listens")
        for each in (screen, disk):
            each.exchange_declare(exchange="logs", exchange_type="fanout")
            name = each.queue_declare(queue="", exclusive=True).method.queue
            each.queue_bind(exchange="logs", queue=name)
            each.logs = consume(each, name)
        emitter.basic_publish(exchange="logs", routing_key="", body="info: Hello World!")
        received(screen, 1)
        received(disk, 1)
        assert screen.logs == disk.logs == ["info: Hello World!"], (screen.logs, disk.logs)
        emitter.exchange_delete("logs")


@fact
def routing():
    with party() as emitter, party() as errors, party() as everything:
        for each, severities in ((errors, ["error"]), (everything, ["info", "warning", "error"])):
            each.exchange_declare(exchange="direct_logs", exchange_type="direct")
            name = each.queue_declare(queue="", exclusive=True).method.queue
            for severity in severities:
                each.queue_bind(exchange="direct_logs", queue=name, routing_key=severity)
            each.logs = consume(each, name)
        emitter.exchange_declare(exchange="direct_logs", exchange_type="direct")
        for severity in ("info", "error", "debug", "warning"):
            emitter.basic_publish(exchange="direct_logs", routing_key=severity, body=severity)
        received(everything, 3)
        received(errors, 1)
        assert (errors.logs, everything.logs) == (["error"], ["info", "error", "warning"]), everything.logs
        emitter.exchange_delete("direct_logs")


@fact
def topics():
    with party() as emitter, party() as everything, party() as kernel, party() as critical:
        for each, keys in ((everything, ["#"]), (kernel, ["kern.*"]), (critical, ["kern.*", "*.critical"])):
            each.exchange_declare(exchange="topic_logs", exchange_type="topic")
            name = each.queue_declare("", exclusive=True).method.queue
            for key in keys:
                each.queue_bind(exchange="topic_logs", queue=name, routing_key=key)
            each.logs = consume(each, name)
        emitter.exchange_declare(exchange="topic_logs", exchange_type="topic")
        sent = ["kern.critical", "kern.info", "cron.critical", "cron.info", "kern.a.b"]
        for key in sent:
            emitter.basic_publish(exchange="topic_logs", routing_key=key, body=key)
        received(everything, 5)
        received(kernel, 2)
        received(critical, 3)
        assert everything.logs == sent, everything.logs
        assert kernel.logs == ["kern.critical", "kern.info"], kernel.logs
        assert critical.logs == ["kern.critical", "kern.info", "cron.critical"], critical.logs
        emitter.exchange_delete("topic_logs")


def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


@fact
def remote_procedure_call():
    ready, calls = threading.Event(), 3

    def serve():
        with party() as server:
            server.queue_declare(queue="rpc_queue")

            def answer(there, method, properties, body):
                there.basic_publish(
                    exchange="", routing_key=properties.reply_to, body=str(fibonacci(int(body))),
                    properties=pika.BasicProperties(correlation_id=properties.correlation_id))
                there.basic_ack(delivery_tag=method.delivery_tag)

            server.basic_qos(prefetch_count=1)
            consume(server, "rpc_queue", auto_ack=False, handle=answer)
            ready.set()
            received(server, calls)
            server.queue_delete("rpc_queue")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert ready.wait(SECONDS_MAX)
    with party() as client:
        callback_queue = client.queue_declare(queue="", exclusive=True).method.queue
        answers = {}
        consume(client, callback_queue,
                handle=lambda _, __, properties, body: answers.update({properties.correlation_id: int(body)}))
        for number in (0, 10, 20):
            asked = str(uuid.uuid4())
            client.basic_publish(exchange="", routing_key="rpc_queue", body=str(number),
                                 properties=pika.BasicProperties(reply_to=callback_queue, correlation_id=asked))
            received(client, len(answers) + 1)
            assert answers[asked] == fibonacci(number), answers
    thread.join(SECONDS_MAX)
    assert not thread.is_alive()


@fact
def publisher_confirms():
    with party() as publisher:
        publisher.confirm_delivery()
        name = publisher.queue_declare(queue=str(uuid.uuid4()), exclusive=True).method.queue
        for i in range(50):
            publisher.basic_publish(exchange="", routing_key=name, body=str(i), mandatory=True)
        got = consume(publisher, name)
        received(publisher, 50)
        assert got == [str(i) for i in range(50)], got
        try:
            publisher.basic_publish(exchange="", routing_key="nobody", body="lost", mandatory=True)
        except UnroutableError:
            return
        raise AssertionError("it was not returned")


sys.exit(tell("RabbitMQ's tutorials with pika " + pika.__version__))
