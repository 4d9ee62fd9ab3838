// Facts about SQS as sqs-consumer sees it, the usual way to work on a queue in Node.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { SQS } from '@aws-sdk/client-sqs';
import { Consumer } from 'sqs-consumer';
import { endpoint, fact, tell } from './facts.mjs';

const sqs = new SQS({ endpoint, region: 'us-east-1', maxAttempts: 1 });
const made = [];

async function queue(name, Attributes = {}) {
  const { QueueUrl } = await sqs.createQueue({ QueueName: `consumer-${name}`, Attributes });
  made.push(QueueUrl);
  return QueueUrl;
}

/** Runs a consumer until a promise holds; fails with the first error that it tells of by itself. */
async function consume(options, until) {
  const consumer = Consumer.create({ sqs, waitTimeSeconds: 1, ...options });
  const failed = new Promise((_, reject) => { consumer.on('error', reject); });
  consumer.start();
  try {
    return await Promise.race([until(consumer), failed]);
  } finally {
    const stopped = once(consumer, 'stopped');
    consumer.stop();
    await stopped;
  }
}

/** Holds once the condition does, which is looked at after each round of messages. */
const rounds = (condition) => (consumer) => new Promise((resolve) => {
  consumer.on('response_processed', () => condition() && resolve());
});

async function left(QueueUrl) {
  const { Attributes } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['All'] });
  return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
}

fact('every message is handled once and deleted', async () => {
  const queueUrl = await queue('each');
  const Entries = Array.from({ length: 10 }, (_, i) => ({ Id: `${i}`, MessageBody: `${i}` }));
  await sqs.sendMessageBatch({ QueueUrl: queueUrl, Entries });
  await sqs.sendMessageBatch({ QueueUrl: queueUrl, Entries });
  const seen = [];
  await consume({
    queueUrl, batchSize: 10, handleMessage: async (message) => { seen.push(message.Body); return message; } },
  rounds(() => seen.length >= 20));
  assert.deepEqual(seen.map(Number).sort((a, b) => a - b), Entries.flatMap((_, i) => [i, i]));
  assert.equal(await left(queueUrl), 0);
});

fact('batches are handled whole', async () => {
  const queueUrl = await queue('batch');
  const Entries = Array.from({ length: 10 }, (_, i) => ({ Id: `${i}`, MessageBody: `${i}` }));
  await sqs.sendMessageBatch({ QueueUrl: queueUrl, Entries });
  let handled = 0;
  await consume({
    queueUrl, batchSize: 10, handleMessageBatch: async (messages) => { handled += messages.length; return messages; } },
  rounds(() => handled >= 10));
  assert.equal(handled, 10);
  assert.equal(await left(queueUrl), 0);
});

fact('a message whose handler fails is tried again, then dead-lettered', async () => {
  const dead = await queue('dead');
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:consumer-dead', maxReceiveCount: 2 });
  const queueUrl = await queue('failing', { RedrivePolicy });
  await sqs.sendMessage({ QueueUrl: queueUrl, MessageBody: 'poison' });
  let tries = 0;
  const { Messages } = await consume({
    queueUrl,
    terminateVisibilityTimeout: true,
    handleMessage: async () => { tries++; throw new Error('not today'); } },
  () => sqs.receiveMessage({ QueueUrl: dead, WaitTimeSeconds: 20 }));
  assert.equal(Messages?.[0].Body, 'poison');
  assert.equal(tries, 2);
});

fact('a heartbeat keeps a message that takes longer than its timeout', async () => {
  const queueUrl = await queue('slow', { VisibilityTimeout: '2' });
  await sqs.sendMessage({ QueueUrl: queueUrl, MessageBody: 'slow' });
  let tries = 0;
  let done = 0;
  await consume({
    queueUrl,
    visibilityTimeout: 2,
    heartbeatInterval: 1,
    handleMessage: async (message) => {
      tries++;
      await new Promise((resolve) => { setTimeout(resolve, 3500); });
      done++;
      return message;
    } },
  rounds(() => done >= 1));
  assert.equal(tries, 1);
  assert.equal(await left(queueUrl), 0);
});

const require = createRequire(import.meta.url);
await tell(`sqs-consumer ${require('./node_modules/sqs-consumer/package.json').version}`);
await Promise.allSettled(made.map((QueueUrl) => sqs.deleteQueue({ QueueUrl })));
sqs.destroy();
