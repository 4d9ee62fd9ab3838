"""Facts about AMQP as kombu (over py-amqp) sees it. Usage: kombu_facts.py amqp://USER:PASSWORD@HOST:PORT/%2f"""

import socket
import sys

import amqp
import kombu
from kombu.common import Broadcast, eventloop
from kombu.mixins import ConsumerProducerMixin

from facts import fact, tell

SECONDS_MAX = 20

made = []


def connected(**options):
    return kombu.Connection(sys.argv[1], transport_options={"confirm_publish": True}, **options)


def queue(name, **options):
    made.append("kombu-" + name)
    return kombu.Queue(made[-1], kombu.Exchange("kombu-" + name, "direct"), routing_key=name, **options)


@fact
def a_simple_queue_gives_what_was_put():
    with connected() as connection, connection.SimpleQueue("kombu-simple") as simple:
        made.append("kombu-simple")
        simple.put({"hello": "wörld", "list": [1, None]}, compression="zlib")
        assert simple.qsize() == 1
        message = simple.get(timeout=SECONDS_MAX)
        assert message.payload == {"hello": "wörld", "list": [1, None]}, message.payload
        message.requeue()
        message = simple.get(timeout=SECONDS_MAX)
        assert message.delivery_info["redelivered"]
        message.ack()
        try:
            simple.get(block=False)
        except simple.Empty:
            return
        raise AssertionError("it came again")


@fact
def a_producer_declares_what_it_publishes_to_and_a_consumer_is_called_back():
    work = queue("declared")
    got = []
    with connected() as connection:
        producer = connection.Producer(serializer="json")
        producer.publish({"n": 1}, exchange=work.exchange, routing_key="declared", declare=[work],
                         retry=True, headers={"x": 1}, expiration=60, priority=2)

        def handle(body, message):
            got.append((body, message.headers["x"], message.properties["expiration"]))
            message.ack()

        with connection.Consumer(work, callbacks=[handle], prefetch_count=1):
            connection.drain_events(timeout=SECONDS_MAX)
    assert got == [({"n": 1}, 1, "60000")], got


@fact
def what_goes_nowhere_is_returned():
    returned = []
    with connected() as connection:
        producer = connection.Producer(
            on_return=lambda error, exchange, key, message: returned.append((error.reply_code, key)))
        producer.publish("lost", routing_key="kombu-nowhere", mandatory=True)
        connection.channel().close()  # Whatever was sent before has been read by then.
        eventloop_once(connection)
    assert returned == [(312, "kombu-nowhere")], returned


def eventloop_once(connection):
    for _ in eventloop(connection, limit=1, timeout=0.1, ignore_timeouts=True):
        pass


@fact
def a_broadcast_reaches_everybody_who_listens():
    with connected() as one, connected() as other, connected() as sender:
        got = {"one": [], "other": []}
        news = kombu.Exchange("kombu-news", "fanout", durable=False, auto_delete=True)
        consumers = []
        for name, connection in (("one", one), ("other", other)):
            consumer = connection.Consumer(Broadcast("kombu-news", exchange=news), no_ack=True, callbacks=[
                lambda body, _, name=name: got[name].append(body)])
            consumer.consume()
            consumers.append(consumer)
        sender.Producer().publish("news", exchange=news)
        for connection in (one, other):
            connection.drain_events(timeout=SECONDS_MAX)
        assert got == {"one": ["news"], "other": ["news"]}, got


class Calls(ConsumerProducerMixin):
    """Answers one call, as kombu's documentation has it."""

    def __init__(self, connection, calls):
        self.connection, self.calls = connection, calls

    def get_consumers(self, make, _):
        return [make([self.calls], on_message=self.answer, accept=["json"], prefetch_count=1)]

    def on_consume_ready(self, *_, **__):
        self.producer.publish({"n": 20}, exchange="", routing_key=self.calls.name, declare=[self.calls],
                              reply_to=self.calls.name, correlation_id="1")

    def answer(self, message):
        if "answer" in message.payload:
            self.answered = message.payload, message.properties["correlation_id"]
            self.should_stop = True
        else:
            self.producer.publish({"answer": message.payload["n"] + 1}, exchange="",
                                  routing_key=message.properties["reply_to"],
                                  correlation_id=message.properties["correlation_id"], serializer="json")
        message.ack()


@fact
def a_mixin_consumes_and_answers_on_two_connections():
    with connected() as connection:
        calls = Calls(connection, queue("calls"))
        calls.run(timeout=1)
        assert calls.answered == ({"answer": 21}, "1"), calls.answered


@fact
def an_error_has_the_class_that_programs_catch():
    with connected() as connection:
        try:
            connection.channel().queue_declare("kombu-none", passive=True)
        except amqp.NotFound as error:
            assert error.reply_code == 404, error
        else:
            raise AssertionError("it is there")
        assert connection.connected
        try:
            queue("again")(connection.channel()).declare()
            kombu.Queue("kombu-again", durable=False)(connection.channel()).queue_declare()
        except amqp.PreconditionFailed as error:
            assert "inequivalent arg 'durable'" in str(error), error
        else:
            raise AssertionError("it was the same")
    try:
        kombu.Connection(sys.argv[1].replace("guest@", "wrong@")).connect()
    except amqp.AccessRefused as error:
        assert error.reply_code == 403, error
    else:
        raise AssertionError("was let in")


@fact
def a_connection_that_was_lost_is_made_anew():
    with connected() as connection:
        work = queue("lost")
        bound = work(connection.channel())
        bound.declare()
        publish = connection.ensure(
            connection.Producer(), connection.Producer().publish, max_retries=3, interval_start=0)
        connection.connection.sock.shutdown(socket.SHUT_RDWR)
        publish("kept", exchange=work.exchange, routing_key="lost")
        with connection.SimpleQueue(work) as simple:
            message = simple.get(timeout=SECONDS_MAX)
            assert message.payload == "kept"
            message.ack()


@fact
def heartbeats_are_exchanged():
    with connected(heartbeat=2) as connection:
        connection.connect()
        assert connection.get_heartbeat_interval() == 2
        frames = connection.connection.bytes_recv
        for _ in range(5 * SECONDS_MAX):
            connection.heartbeat_check(rate=2)
            try:
                connection.drain_events(timeout=0.2)  # It goes on at each heartbeat, so it must be shorter than they are apart.
            except socket.timeout:
                pass
            if connection.connection.bytes_recv >= frames + 5:  # Nothing but heartbeats can come.
                return
        raise AssertionError("the server was silent")


code = tell("kombu %s, amqp %s" % (kombu.__version__, amqp.__version__))
with connected() as last:
    for each in made:
        last.default_channel.queue_delete(each)
        last.default_channel.exchange_delete(each)
sys.exit(code)
