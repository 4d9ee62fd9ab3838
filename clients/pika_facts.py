"""Facts about AMQP 0-9-1 as pika sees it. Usage: pika_facts.py amqp://USER:PASSWORD@HOST:PORT/%2f"""

import contextlib
import socket
import sys

import pika
from pika import exceptions
from pika.exchange_type import ExchangeType

from facts import fact, tell

SECONDS_MAX = 20

made = []


@contextlib.contextmanager
def connected(**changes):
    parameters = pika.URLParameters(sys.argv[1])
    for name, value in changes.items():
        setattr(parameters, name, value)
    connection = pika.BlockingConnection(parameters)
    try:
        yield connection
    finally:
        if connection.is_open:
            connection.close()


@contextlib.contextmanager
def channel():
    with connected() as connection:
        yield connection.channel()


def queue(on, name, **arguments):
    made.append("pika-" + name)
    on.queue_declare("pika-" + name, durable=True, arguments={"x-" + key.replace("_", "-"): value
                                                             for key, value in arguments.items()})
    return made[-1]


def get(on, name, auto_ack=True):
    method, properties, body = on.basic_get(name, auto_ack=auto_ack)
    return (method, properties, body.decode()) if method else None


def taken(on, name, count, auto_ack=False):
    """What a consumer is given, at most so many; those that take too long are missing."""
    deliveries = []
    for method, properties, body in on.consume(name, auto_ack=auto_ack, inactivity_timeout=SECONDS_MAX):
        if method is None:
            break
        deliveries.append((method, properties, body.decode()))
        if len(deliveries) == count:
            break
    on.cancel()
    return deliveries


def closed_channel(code, text, call, *arguments, **named):
    try:
        call(*arguments, **named)
    except exceptions.ChannelClosedByBroker as error:
        assert error.reply_code == code, error
        assert text in error.reply_text, error
        return
    raise AssertionError("the channel was not closed")


@fact
def what_is_confirmed_comes_back_as_it_went():
    with channel() as on:
        on.confirm_delivery()
        name = queue(on, "properties")
        properties = pika.BasicProperties(
            content_type="text/plain", content_encoding="utf-8", priority=3, correlation_id="c", reply_to="r",
            message_id="m", timestamp=1700000000, type="t", app_id="a", delivery_mode=2,
            headers={"text": "x", "number": 7, "large": 2 ** 40, "flag": True, "none": None, "bytes": b"\0\xff",
                     "list": [1, "two"], "table": {"inner": 1}})
        on.basic_publish("", name, "hällo".encode(), properties, mandatory=True)
        method, got, body = get(on, name)
        assert body == "hällo"
        assert (method.exchange, method.routing_key, method.redelivered) == ("", name, False)
        for key, value in properties.__dict__.items():
            seen = getattr(got, key)
            assert seen == value or key == "headers" and {**seen, "bytes": b"\0\xff"} == value, (key, seen, value)


@fact
def a_mandatory_message_that_goes_nowhere_is_unroutable():
    with channel() as on:
        on.confirm_delivery()
        try:
            on.basic_publish("", "pika-nowhere", b"lost", mandatory=True)
        except exceptions.UnroutableError as error:
            (returned,) = error.messages
            assert (returned.method.reply_code, returned.method.reply_text) == (312, "NO_ROUTE"), returned.method
            assert returned.body == b"lost"
        else:
            raise AssertionError("it was confirmed")


@fact
def a_full_queue_refuses_a_publisher_that_waits_for_confirms():
    with channel() as on:
        on.confirm_delivery()
        name = queue(on, "full", max_length=1, overflow="reject-publish")
        on.basic_publish("", name, b"first")
        try:
            on.basic_publish("", name, b"second")
        except exceptions.NackError:
            pass
        else:
            raise AssertionError("it was confirmed")
        assert get(on, name)[2] == "first"
        on.basic_publish("", name, b"third")


@fact
def a_consumer_holds_what_its_prefetch_count_allows_and_gives_it_back():
    with channel() as on:
        name = queue(on, "prefetch")
        for body in "abc":
            on.basic_publish("", name, body.encode())
        on.basic_qos(prefetch_count=2)
        deliveries = on.consume(name, inactivity_timeout=SECONDS_MAX)
        (first, _, a), (_, _, b) = next(deliveries), next(deliveries)
        assert (a, b) == (b"a", b"b")
        assert on.queue_declare(name, passive=True).method.message_count == 1
        on.basic_ack(first.delivery_tag)
        assert next(deliveries)[2] == b"c"
        on.cancel()
        on.basic_nack(0, multiple=True)
        again = [get(on, name), get(on, name)]
        assert [(method.redelivered, body) for method, _, body in again] == [(True, "b"), (True, "c")], again


@fact
def an_error_closes_the_channel_and_not_the_connection():
    with connected() as connection:
        closed_channel(404, "NOT_FOUND - no queue 'pika-none' in vhost '/'",
                       connection.channel().queue_declare, "pika-none", passive=True)
        on = connection.channel()
        name = queue(on, "errors")
        closed_channel(406, "PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'pika-errors' in vhost '/': "
                       "received 'false' but current is 'true'", on.queue_declare, name, durable=False)
        closed_channel(403, "ACCESS_REFUSED", connection.channel().exchange_declare, "amq.mine")
        closed_channel(406, "unknown delivery tag 99", tag_nobody_has, connection.channel())
        with connected() as other:
            other.channel().queue_declare("pika-exclusive", exclusive=True)
            closed_channel(405, "RESOURCE_LOCKED", connection.channel().queue_declare, "pika-exclusive", passive=True)
        assert connection.is_open
        connection.channel()


def tag_nobody_has(on):
    on.basic_ack(99)
    on.queue_declare("", exclusive=True)  # Nobody answers an acknowledgement.


@fact
def queues_of_the_server_s_own_naming_end_with_whom_they_are_for():
    with connected() as connection:
        on = connection.channel()
        exclusive = on.queue_declare("", exclusive=True).method.queue
        assert exclusive.startswith("amq.gen-"), exclusive
        auto_delete = on.queue_declare("", auto_delete=True).method.queue
        tag = on.basic_consume(auto_delete, lambda *_: None)
        on.basic_cancel(tag)
        closed_channel(404, "no queue", on.queue_declare, auto_delete, passive=True)
    with channel() as on:
        closed_channel(404, "no queue", on.queue_declare, exclusive, passive=True)


@fact
def a_consumer_is_told_that_its_queue_is_gone():
    with connected() as connection:
        on = connection.channel()
        name = queue(on, "gone")
        cancelled = []
        on.add_on_cancel_callback(lambda frame: cancelled.append(frame.method.consumer_tag))
        tag = on.basic_consume(name, lambda *_: None)
        connection.channel().queue_delete(name)
        wait_until(connection, lambda: cancelled)
        assert cancelled == [tag], cancelled


def wait_until(connection, condition):
    given_up = []
    timer = connection.call_later(SECONDS_MAX, lambda: given_up.append(True))
    while not condition():
        assert not given_up, "it did not happen"
        connection.process_data_events(time_limit=1)
    connection.remove_timeout(timer)


@fact
def exchanges_route_by_their_type_and_to_each_other():
    with channel() as on:
        name = queue(on, "routed")
        for kind in (ExchangeType.direct, ExchangeType.topic, ExchangeType.fanout, ExchangeType.headers):
            on.exchange_declare("pika-" + kind.value, kind, auto_delete=True)
        on.exchange_bind("pika-topic", "pika-direct", routing_key="a.b")
        on.queue_bind(name, "pika-topic", "a.*")
        on.queue_bind(name, "pika-fanout")
        on.queue_bind(name, "pika-headers", arguments={"x-match": "all", "kind": "wanted"})
        on.confirm_delivery()
        on.basic_publish("pika-direct", "a.b", b"direct", mandatory=True)
        on.basic_publish("pika-fanout", "any", b"fanout", mandatory=True)
        on.basic_publish("pika-headers", "", b"headers", pika.BasicProperties(headers={"kind": "wanted", "x": 1}))
        on.basic_publish("pika-headers", "", b"not", pika.BasicProperties(headers={"kind": "other"}))
        assert [get(on, name)[2] for _ in range(3)] == ["direct", "fanout", "headers"]
        assert get(on, name) is None
        on.queue_unbind(name, "pika-fanout")
        closed_channel(404, "no exchange 'pika-fanout'", on.exchange_declare, "pika-fanout", passive=True)


@fact
def a_rejected_message_is_a_dead_letter_with_its_history():
    with channel() as on:
        dead = queue(on, "dead")
        name = queue(on, "dying", dead_letter_exchange="", dead_letter_routing_key=dead)
        on.basic_publish("", name, b"poison")
        method, _, _ = get(on, name, auto_ack=False)
        on.basic_reject(method.delivery_tag, requeue=False)
        (_, properties, body), = taken(on, dead, 1, auto_ack=True)
        assert body == "poison"
        (death,) = properties.headers["x-death"]
        assert (death["queue"], death["reason"], death["count"], death["routing-keys"]) == (
            name, "rejected", 1, [name]), death
        assert properties.headers["x-first-death-reason"] == "rejected"


@fact
def a_delayed_message_comes_after_one_that_is_not():
    with channel() as on:
        name = queue(on, "delayed")
        on.exchange_declare("pika-delayed", "x-delayed-message", auto_delete=True,
                            arguments={"x-delayed-type": "direct"})
        on.queue_bind(name, "pika-delayed", "k")
        on.basic_publish("pika-delayed", "k", b"late", pika.BasicProperties(headers={"x-delay": 300}))
        on.basic_publish("pika-delayed", "k", b"soon")
        (_, _, first), (_, late, second) = taken(on, name, 2, auto_ack=True)
        assert (first, second, late.headers["x-delay"]) == ("soon", "late", -300), (first, second, late.headers)


@fact
def priorities_go_first():
    with channel() as on:
        name = queue(on, "priorities", max_priority=10)
        for priority in (1, 9, 5):
            on.basic_publish("", name, b"%d" % priority, pika.BasicProperties(priority=priority))
        assert [get(on, name)[2] for _ in range(3)] == ["9", "5", "1"]


@fact
def a_transaction_is_done_when_it_is_committed():
    with connected() as connection:
        on, other = connection.channel(), connection.channel()
        name = queue(other, "transaction")
        on.tx_select()
        on.basic_publish("", name, b"dropped")
        on.tx_rollback()
        on.basic_publish("", name, b"kept")
        assert get(other, name) is None
        on.tx_commit()
        assert get(other, name)[2] == "kept"


def drop(connection):
    """As if its process had been killed."""
    connection._impl._transport._sock.shutdown(socket.SHUT_RDWR)
    try:
        wait_until(connection, lambda: False)
    except exceptions.AMQPConnectionError:
        pass


@fact
def a_connection_that_is_dropped_gives_back_what_it_held():
    with connected() as connection, connected() as other:
        name = queue(connection.channel(), "dropped")
        on = other.channel()
        on.basic_publish("", name, b"held")
        assert get(on, name, auto_ack=False)[2] == "held"
        drop(other)
        ((method, _, body),) = taken(connection.channel(), name, 1)
        assert (body, method.redelivered) == ("held", True)


@fact
def who_may_not_enter_is_told_so():
    def enter(**changes):
        with connected(**changes):
            raise AssertionError("was let in")

    try:
        enter(credentials=pika.PlainCredentials("guest", "wrong"))
    except exceptions.ProbableAuthenticationError as error:
        assert "ACCESS_REFUSED" in str(error), error
    try:
        enter(virtual_host="none")
    except exceptions.ProbableAccessDeniedError as error:
        assert "530" in str(error) and "NOT_ALLOWED" in str(error), error


code = tell("pika " + pika.__version__)
with channel() as last:
    for each in made:
        last.queue_delete(each)
sys.exit(code)
