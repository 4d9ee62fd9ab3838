"""Facts about AMQP 0-9-1 as pika's asynchronous connections see it. Usage: pika_async_facts.py amqp://USER:PASSWORD@HOST:PORT/%2f

Each fact is run with pika's own loop and with asyncio's. It is a generator: what it yields is called with the function that
goes on with it, as a callback.
"""

import asyncio
import collections
import functools
import socket
import sys

import pika
from pika import exceptions
from pika.adapters.asyncio_connection import AsyncioConnection

from facts import facts, tell

SECONDS_MAX = 20


class Inbox:
    """What came by a callback that is called many times, one after the other."""

    def __init__(self):
        self.items = collections.deque()
        self.then = None

    def put(self, *item):
        if self.then:
            then, self.then = self.then, None
            then(item)
        else:
            self.items.append(item)

    def next(self, then):
        if self.items:
            then(self.items.popleft())
        else:
            self.then = then


class Session:
    """One connection and its loop, until the generator has ended."""

    def __init__(self, connect, start, script, **changes):
        parameters = pika.URLParameters(sys.argv[1])
        for name, value in changes.items():
            setattr(parameters, name, value)
        self.closed = Inbox()
        self.refused = Inbox()
        self.failure = "it did not end in time"
        self.connection = connect(
            parameters,
            on_open_callback=lambda _: self.go(),
            on_open_error_callback=lambda _, error: self.refused.put(error),
            on_close_callback=lambda _, reason: self.closed.put(reason))
        self.ioloop = self.connection.ioloop
        self.script = script(self)
        self.ioloop.call_later(SECONDS_MAX, self.ioloop.stop)
        if changes:
            self.go()  # It is not going to be opened.
        start(self.ioloop)
        if self.failure:
            raise AssertionError(self.failure)

    def go(self, *result):
        try:
            step = self.script.send(result[0] if result else None)
        except StopIteration:
            self.end(None)
        except Exception as error:
            self.end(error)
        else:
            step(self.go)

    def end(self, failure):
        self.failure = failure
        if self.connection.is_open:
            self.closed = Inbox()
            self.connection.close()
            self.closed.next(lambda _: self.ioloop.stop())
        else:
            self.ioloop.stop()

    def channel(self, then):
        self.connection.channel(on_open_callback=then)


def select(script, **changes):
    Session(pika.SelectConnection, lambda loop: loop.start(), script, **changes)


def with_asyncio(script, **changes):
    loop = asyncio.new_event_loop()
    try:
        Session(functools.partial(AsyncioConnection, custom_ioloop=loop), lambda each: each.run_forever(), script, **changes)
    finally:
        loop.close()


def fact(script=None, **changes):
    """Of both kinds of connection."""
    if script is None:
        return functools.partial(fact, **changes)
    for run in (select, with_asyncio):
        one = functools.partial(run, script, **changes)
        one.__name__ = script.__name__ + "_" + run.__name__
        facts.append(one)
    return script


def a_queue(on, **arguments):
    """A step: a queue of the connection's own."""
    return lambda then: on.queue_declare(
        "", exclusive=True, arguments=arguments, callback=lambda frame: then(frame.method.queue))


@fact
def what_is_published_is_confirmed_and_comes_back_in_order(session):
    on = yield session.channel
    name = yield a_queue(on)
    confirms, deliveries = Inbox(), Inbox()
    yield lambda then: on.confirm_delivery(lambda frame: confirms.put(frame.method), callback=then)
    yield lambda then: on.basic_qos(prefetch_count=7, callback=then)
    yield lambda then: on.basic_consume(name, lambda _, *delivery: deliveries.put(*delivery), callback=then)
    large = b"x" * 1_000_000
    bodies = [b"%d" % i for i in range(100)] + [large]
    for body in bodies:
        on.basic_publish("", name, body)
    confirmed = 0
    while confirmed < len(bodies):
        (method,) = yield confirms.next
        assert isinstance(method, pika.spec.Basic.Ack), method
        assert method.multiple or method.delivery_tag == confirmed + 1, method
        confirmed = method.delivery_tag
    for body in bodies:
        method, _, came = yield deliveries.next
        assert came == body, (came[:20], body[:20])
        on.basic_ack(method.delivery_tag)


@fact
def what_goes_nowhere_is_returned_before_it_is_confirmed(session):
    on = yield session.channel
    events = Inbox()
    on.add_on_return_callback(lambda _, method, properties, body: events.put(method, properties, body))
    yield lambda then: on.confirm_delivery(lambda frame: events.put(frame.method), callback=then)
    on.basic_publish("", "pika-nowhere", b"lost", pika.BasicProperties(message_id="m"), mandatory=True)
    returned, properties, body = yield events.next
    assert (returned.reply_code, returned.reply_text) == (312, "NO_ROUTE"), returned
    assert (properties.message_id, body) == ("m", b"lost")
    (confirmed,) = yield events.next
    assert isinstance(confirmed, pika.spec.Basic.Ack), confirmed


@fact
def an_error_closes_the_channel_and_not_the_connection(session):
    on = yield session.channel
    closed = Inbox()
    on.add_on_close_callback(closed.put)
    on.queue_declare("pika-none", passive=True)
    _, reason = yield closed.next
    assert isinstance(reason, exceptions.ChannelClosedByBroker) and reason.reply_code == 404, reason
    on = yield session.channel
    yield a_queue(on)


@fact
def a_consumer_is_told_that_its_queue_is_gone(session):
    on = yield session.channel
    other = yield session.channel
    name = yield a_queue(on)
    cancelled = Inbox()
    on.add_on_cancel_callback(cancelled.put)
    tag = None

    def consume(then):
        nonlocal tag
        tag = on.basic_consume(name, lambda *_: None, callback=then)

    yield consume
    yield lambda then: other.queue_delete(name, callback=then)
    (frame,) = yield cancelled.next
    assert frame.method.consumer_tag == tag, frame


@fact
def what_is_given_back_comes_again_in_its_order(session):
    on = yield session.channel
    name = yield a_queue(on)
    for body in (b"a", b"b", b"c"):
        on.basic_publish("", name, body)
    deliveries = Inbox()
    yield lambda then: on.basic_consume(name, lambda _, *delivery: deliveries.put(*delivery), callback=then)
    for _ in range(3):
        last, _, _ = yield deliveries.next
    on.basic_nack(last.delivery_tag, multiple=True)
    for body in (b"a", b"b", b"c"):
        method, _, came = yield deliveries.next
        assert (method.redelivered, came) == (True, body), (method, came)
        on.basic_ack(method.delivery_tag)


@fact
def who_cancels_may_consume_again(session):
    on = yield session.channel
    name = yield a_queue(on)
    deliveries = Inbox()
    for tag in ("one", "two"):
        yield lambda then: on.basic_consume(
            name, lambda _, *delivery: deliveries.put(*delivery), auto_ack=True, consumer_tag=tag, callback=then)
        on.basic_publish("", name, tag.encode())
        method, _, body = yield deliveries.next
        assert (method.consumer_tag, body) == (tag, tag.encode()), (method, body)
        yield lambda then: on.basic_cancel(tag, callback=then)
    on.basic_publish("", name, b"for nobody")
    counted = yield lambda then: on.queue_declare(name, passive=True, callback=then)
    assert (counted.method.message_count, counted.method.consumer_count) == (1, 0), counted


@fact
def a_transaction_is_done_when_it_is_committed(session):
    on = yield session.channel
    name = yield a_queue(on)
    yield lambda then: on.tx_select(callback=then)
    for body, end in ((b"dropped", on.tx_rollback), (b"kept", on.tx_commit)):
        on.basic_publish("", name, body)
        yield lambda then: end(callback=then)
    _, _, body = yield lambda then: on.basic_get(name, lambda _, *got: then(got))
    assert body == b"kept", body


@fact
def a_connection_that_is_dropped_says_so(session):
    yield session.channel
    session.connection._transport._sock.shutdown(socket.SHUT_RDWR)
    (reason,) = yield session.closed.next
    assert isinstance(reason, exceptions.AMQPConnectionError), reason


@fact(credentials=pika.PlainCredentials("guest", "wrong"))
def who_may_not_enter_is_told_so(session):
    (error,) = yield session.refused.next
    assert isinstance(error, exceptions.ProbableAuthenticationError), error
    assert "ACCESS_REFUSED" in str(error), error


sys.exit(tell("pika " + pika.__version__ + ", asynchronous"))
