// Facts about AMQP 0-9-1 as amqplib sees it, the usual client in Node.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import amqplib from 'amqplib';
import callbacks from 'amqplib/callback_api';
import { endpoint, fact, refusal, tell } from './facts.mjs';

const PATIENCE = 20_000;
const made = [];

const bytes = (text) => Buffer.from(text);

/** Runs with a connection of its own; an error of the connection's is the fact's. */
async function connected(run, options = {}) {
  const connection = await amqplib.connect(endpoint, options);
  const failed = new Promise((_, reject) => { connection.on('error', reject); });
  try {
    return await Promise.race([run(connection), failed]);
  } finally {
    await connection.close().catch(() => {}); // It was closed by the fact.
  }
}

const withChannel = (run) => connected(async (connection) => run(await connection.createConfirmChannel(), connection));

async function queue(channel, name, args = {}) {
  const { queue: is } = await channel.assertQueue(`amqplib-${name}`, { durable: true, arguments: args });
  made.push(is);
  return is;
}

/** The bodies of so many messages that a consumer is given; it settles none. */
async function consumed(channel, from, count, options = {}) {
  const messages = [];
  let timer;
  const { consumerTag } = await new Promise((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`only ${messages.length} of ${count} came`)), PATIENCE);
    const consuming = channel.consume(from, (message) => {
      messages.push(message);
      if (messages.length === count) resolve(consuming);
    }, options);
    consuming.catch(reject);
  });
  clearTimeout(timer);
  await channel.cancel(consumerTag);
  return messages;
}

const texts = (messages) => messages.map((one) => one.content.toString());

/** The error for which the server closes a channel. */
async function closing(connection, call) {
  const channel = await connection.createChannel();
  const told = once(channel, 'error');
  await refusal(() => call(channel));
  const [error] = await told;
  return error;
}

fact('what is confirmed comes back as it went', () => withChannel(async (channel) => {
  const name = await queue(channel, 'properties');
  const options = {
    contentType: 'text/plain', contentEncoding: 'utf-8', priority: 3, correlationId: 'c', replyTo: 'r', messageId: 'm',
    timestamp: 1700000000, type: 't', appId: 'a', persistent: true, expiration: '60000',
    headers: { text: 'wörld', number: 7, large: 2 ** 40, half: 0.5, yes: true, nothing: null, list: [1, 'two'],
      table: { inner: [{ deep: 1 }] } } };
  channel.sendToQueue(name, bytes('hällo'), options);
  await channel.waitForConfirms();
  const message = await channel.get(name, { noAck: true });
  assert.equal(message.content.toString(), 'hällo');
  const { persistent, ...rest } = options;
  for (const [key, value] of Object.entries({ ...rest, deliveryMode: 2 })) {
    assert.deepEqual(message.properties[key], value, key);
  }
  assert.deepEqual({ ...message.fields, deliveryTag: 0 }, {
    deliveryTag: 0, redelivered: false, exchange: '', routingKey: name, messageCount: 0 });
}));

fact('a thousand messages are confirmed and consumed in order', () => withChannel(async (channel) => {
  const name = await queue(channel, 'many');
  const sent = Array.from({ length: 1000 }, (_, i) => `${i}`);
  await Promise.all(sent.map((body) => new Promise((resolve, reject) => {
    channel.sendToQueue(name, bytes(body), {}, (error) => (error ? reject(error) : resolve()));
  })));
  assert.deepEqual(texts(await consumed(channel, name, 1000, { noAck: true })), sent);
}));

fact('a large message comes in pieces', () => withChannel(async (channel) => {
  const name = await queue(channel, 'large');
  const body = Buffer.alloc(3_000_000, 'weir');
  channel.sendToQueue(name, body);
  await channel.waitForConfirms();
  assert((await channel.get(name, { noAck: true })).content.equals(body));
}));

fact('a mandatory message that goes nowhere is returned before its confirm', () => withChannel(async (channel) => {
  const events = [];
  channel.on('return', (message) => events.push(`${message.fields.replyCode} ${message.fields.replyText}`));
  channel.publish('', 'amqplib-nowhere', bytes('lost'), { mandatory: true }, () => events.push('ack'));
  await channel.waitForConfirms();
  assert.deepEqual(events, ['312 NO_ROUTE', 'ack']);
}));

fact('a full queue refuses with a nack', () => withChannel(async (channel) => {
  const name = await queue(channel, 'full', { 'x-max-length': 1, 'x-overflow': 'reject-publish' });
  channel.sendToQueue(name, bytes('first'));
  await channel.waitForConfirms();
  channel.sendToQueue(name, bytes('second'));
  assert.match((await refusal(() => channel.waitForConfirms())).message, /nack/);
}));

fact('a consumer holds what its prefetch count allows', () => withChannel(async (channel) => {
  const name = await queue(channel, 'prefetch');
  for (const body of ['a', 'b', 'c']) channel.sendToQueue(name, bytes(body));
  await channel.waitForConfirms();
  await channel.prefetch(2);
  const held = await consumed(channel, name, 2);
  assert.equal((await channel.checkQueue(name)).messageCount, 1);
  channel.nack(held[1], true);
  const again = await consumed(channel, name, 2);
  assert.deepEqual(again.map((one) => [one.content.toString(), one.fields.redelivered]), [['a', true], ['b', true]]);
  channel.ackAll();
  assert.deepEqual(texts(await consumed(channel, name, 1)), ['c']);
}));

fact('an error closes the channel and not the connection', () => connected(async (connection) => {
  const missing = await closing(connection, (channel) => channel.checkQueue('amqplib-none'));
  assert.equal(missing.code, 404);
  assert.match(missing.message, /NOT_FOUND - no queue 'amqplib-none' in vhost '\/'/);
  const other = await closing(connection, async (channel) => {
    const name = await queue(channel, 'again');
    await channel.assertQueue(name, { durable: true, messageTtl: 1000 });
  });
  assert.equal(other.code, 406);
  assert.match(other.message, /inequivalent arg 'x-message-ttl'.* received the value '1000' of type .* but current is none/);
  const reserved = await closing(connection, (channel) => channel.assertExchange('amq.mine', 'direct'));
  assert.equal(reserved.code, 403);
  await connection.createChannel();
}));

fact('a consumer is told that its queue is gone', () => connected(async (connection) => {
  const channel = await connection.createChannel();
  const name = await queue(channel, 'gone');
  const told = new Promise((resolve) => { channel.consume(name, resolve); });
  await (await connection.createChannel()).deleteQueue(name);
  assert.equal(await told, null);
}));

fact('exchanges route by their type and to each other', () => withChannel(async (channel) => {
  const name = await queue(channel, 'routed');
  for (const type of ['direct', 'topic', 'fanout', 'headers']) {
    await channel.assertExchange(`amqplib-${type}`, type, { autoDelete: true });
  }
  await channel.bindExchange('amqplib-topic', 'amqplib-direct', 'a.b');
  await channel.bindQueue(name, 'amqplib-topic', 'a.*');
  await channel.bindQueue(name, 'amqplib-fanout', '');
  await channel.bindQueue(name, 'amqplib-headers', '', { 'x-match': 'any', kind: 'wanted' });
  channel.publish('amqplib-direct', 'a.b', bytes('direct'));
  channel.publish('amqplib-fanout', 'any', bytes('fanout'));
  channel.publish('amqplib-headers', '', bytes('headers'), { headers: { kind: 'wanted', x: 1 } });
  channel.publish('amqplib-headers', '', bytes('not'), { headers: { kind: 'other' } });
  await channel.waitForConfirms();
  assert.deepEqual(texts(await consumed(channel, name, 3, { noAck: true })), ['direct', 'fanout', 'headers']);
  assert.equal(await channel.get(name), false);
}));

fact('a rejected message is a dead letter with its history', () => withChannel(async (channel) => {
  const dead = await queue(channel, 'dead');
  const name = `amqplib-dying`;
  made.push(name);
  await channel.assertQueue(name, { deadLetterExchange: '', deadLetterRoutingKey: dead });
  channel.sendToQueue(name, bytes('poison'));
  await channel.waitForConfirms();
  channel.reject(await channel.get(name), false);
  const [letter] = await consumed(channel, dead, 1, { noAck: true });
  const [death] = letter.properties.headers['x-death'];
  assert.deepEqual([death.queue, death.reason, death.count], [name, 'rejected', 1]);
}));

fact('a direct reply needs no queue', () => connected(async (connection) => {
  const server = await connection.createChannel();
  const name = await queue(server, 'calls');
  await server.consume(name, (message) => {
    server.sendToQueue(message.properties.replyTo, bytes(`${message.content}!`), {
      correlationId: message.properties.correlationId });
    server.ack(message);
  });
  const client = await connection.createChannel();
  const answer = await new Promise((resolve) => {
    client.consume('amq.rabbitmq.reply-to', resolve, { noAck: true }).then(() => client.sendToQueue(
      name, bytes('hello'), { replyTo: 'amq.rabbitmq.reply-to', correlationId: '7' }));
  });
  assert.deepEqual([answer.content.toString(), answer.properties.correlationId], ['hello!', '7']);
}));

fact('what a closed connection held is there again', () => withChannel(async (channel) => {
  const name = await queue(channel, 'held');
  channel.sendToQueue(name, bytes('held'));
  await channel.waitForConfirms();
  await connected(async (other) => {
    const there = await other.createChannel();
    assert.equal((await there.get(name)).content.toString(), 'held');
    assert.equal(await channel.get(name), false);
  });
  assert.equal((await channel.get(name, { noAck: true })).fields.redelivered, true);
}));

fact('a recovering connection is there again after it was lost', async () => {
  const name = 'amqplib-recovered';
  made.push(name);
  const got = [];
  let arrived;
  const all = new Promise((resolve) => { arrived = resolve; });
  let dropped = 0;
  const connection = await amqplib.connect(endpoint, {
    recovery: {
      initialDelay: 10,
      maxDelay: 100,
      maxRetries: 100,
      async setup(model) {
        const channel = await model.createChannel();
        await channel.assertQueue(name);
        await channel.consume(name, (message) => {
          got.push([message.content.toString(), message.fields.redelivered]);
          if (dropped++ === 0) {
            model.connection.stream.destroy(new Error('reset by peer')); // Before it is acknowledged.
          } else {
            channel.ack(message);
            arrived();
          }
        });
      } } });
  connection.on('error', () => {}); // It was dropped, as told above.
  await withChannel(async (channel) => {
    channel.sendToQueue(name, bytes('once'));
    await channel.waitForConfirms();
    await all;
  });
  await connection.close();
  assert.deepEqual(got, [['once', false], ['once', true]]);
});

fact('who may not enter is told so', async () => {
  const wrong = new URL(endpoint);
  wrong.password = 'wrong';
  assert.match((await refusal(() => amqplib.connect(wrong.href))).message, /403 \(ACCESS-REFUSED\)|ACCESS_REFUSED/);
  const elsewhere = new URL(endpoint);
  elsewhere.pathname = '/none';
  // It says no more of a close that comes in place of connection.open-ok.
  assert.match((await refusal(() => amqplib.connect(elsewhere.href))).message, /ConnectionClose|NOT_ALLOWED/);
});

fact('a secret can be shown anew', () => connected(async (connection) => {
  const renewed = once(connection, 'update-secret-ok');
  await connection.updateSecret(bytes('another'), 'it is to be renewed');
  await renewed;
}));

fact('callbacks are called as well', () => new Promise((resolve, reject) => {
  callbacks.connect(endpoint, (failure, connection) => {
    if (failure) return reject(failure);
    return connection.createChannel((refused, channel) => {
      if (refused) return reject(refused);
      return channel.assertQueue('', { exclusive: true }, (_, { queue: own }) => {
        channel.consume(own, (message) => {
          channel.ack(message);
          connection.close(() => (message.content.toString() === 'called' ? resolve() : reject(message)));
        });
        channel.sendToQueue(own, bytes('called'));
      });
    });
  });
}));

const { version } = createRequire(import.meta.url)('./node_modules/amqplib/package.json');
await tell(`amqplib ${version}`);
await withChannel((channel) => Promise.all([...new Set(made)].map((name) => channel.deleteQueue(name))));
