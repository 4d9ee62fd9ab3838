// Facts about SNS fanning out to SQS, as the AWS SDK for JavaScript 3 sees it (SNS speaks Query/XML only).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as sdk from '@aws-sdk/client-sns';
import { SQS } from '@aws-sdk/client-sqs';
import { endpoint, fact, refusal, tell } from './facts.mjs';

const sns = new sdk.SNS({ endpoint, region: 'us-east-1', maxAttempts: 1 });
const sqs = new SQS({ endpoint, region: 'us-east-1', maxAttempts: 1 });
const queues = [];
const topics = [];

async function topic(name, Attributes = {}) {
  const { TopicArn } = await sns.createTopic({ Name: `sns-${name}`, Attributes });
  topics.push(TopicArn);
  return TopicArn;
}

async function subscribed(TopicArn, name, Attributes = {}, queueAttributes = {}) {
  const { QueueUrl } = await sqs.createQueue({ QueueName: `sns-${name}`, Attributes: queueAttributes });
  queues.push(QueueUrl);
  const Endpoint = `arn:aws:sqs:us-east-1:000000000000:sns-${name}`;
  const { SubscriptionArn } = await sns.subscribe({
    TopicArn, Protocol: 'sqs', Endpoint, Attributes, ReturnSubscriptionArn: true });
  return { QueueUrl, SubscriptionArn };
}

async function receive(QueueUrl, WaitTimeSeconds = 10) {
  const { Messages } = await sqs.receiveMessage({
    QueueUrl, WaitTimeSeconds, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All'] });
  return Messages ?? [];
}

fact('a topic is created, listed, described and deleted', async () => {
  const TopicArn = await topic('life', { DisplayName: 'Life' });
  assert.equal(TopicArn, 'arn:aws:sns:us-east-1:000000000000:sns-life');
  assert.equal(await topic('life', { DisplayName: 'Life' }), TopicArn);
  assert.equal((await sns.getTopicAttributes({ TopicArn })).Attributes.DisplayName, 'Life');
  assert((await sns.listTopics({})).Topics.some((one) => one.TopicArn === TopicArn));
  await sns.deleteTopic({ TopicArn });
  assert((await refusal(() => sns.getTopicAttributes({ TopicArn }))) instanceof sdk.NotFoundException);
});

fact('one publish reaches every queue that is subscribed, in an envelope or raw', async () => {
  const TopicArn = await topic('fan');
  const plain = await subscribed(TopicArn, 'fan-plain');
  const raw = await subscribed(TopicArn, 'fan-raw', { RawMessageDelivery: 'true' });
  const { MessageId } = await sns.publish({
    TopicArn, Message: 'hällo', Subject: 'greeting',
    MessageAttributes: { colour: { DataType: 'String', StringValue: 'blue' } } });
  const [wrapped] = await receive(plain.QueueUrl);
  const envelope = JSON.parse(wrapped.Body);
  assert.equal(envelope.Type, 'Notification');
  assert.equal(envelope.MessageId, MessageId);
  assert.equal(envelope.TopicArn, TopicArn);
  assert.equal(envelope.Subject, 'greeting');
  assert.equal(envelope.Message, 'hällo');
  assert.deepEqual(envelope.MessageAttributes, { colour: { Type: 'String', Value: 'blue' } });
  const [bare] = await receive(raw.QueueUrl);
  assert.equal(bare.Body, 'hällo');
  assert.equal(bare.MessageAttributes.colour.StringValue, 'blue');
});

fact('a filter policy lets through what it names and nothing else', async () => {
  const TopicArn = await topic('filter');
  const FilterPolicy = JSON.stringify({ price: [{ numeric: ['>', 10] }], colour: [{ prefix: 'bl' }] });
  const { QueueUrl } = await subscribed(TopicArn, 'filter', { RawMessageDelivery: 'true', FilterPolicy });
  const publish = (price, colour) => sns.publish({
    TopicArn, Message: `${price} ${colour}`,
    MessageAttributes: {
      price: { DataType: 'Number', StringValue: price }, colour: { DataType: 'String', StringValue: colour } } });
  await publish('5', 'blue');
  await publish('20', 'red');
  await publish('20', 'blue');
  assert.deepEqual((await receive(QueueUrl)).map((one) => one.Body), ['20 blue']);
});

fact('a fifo topic keeps order and drops repeats in its fifo queue', async () => {
  const TopicArn = await topic('order.fifo', { FifoTopic: 'true' });
  const { QueueUrl } = await subscribed(
    TopicArn, 'order.fifo', { RawMessageDelivery: 'true' }, { FifoQueue: 'true' });
  for (const [MessageDeduplicationId, Message] of [['1', 'one'], ['2', 'two'], ['1', 'again'], ['3', 'three']]) {
    const sent = await sns.publish({ TopicArn, Message, MessageGroupId: 'g', MessageDeduplicationId });
    assert.match(sent.SequenceNumber, /^\d{20}$/);
  }
  const bodies = [];
  while (bodies.length < 3) { // They are forwarded in order, but not all at once.
    const messages = await receive(QueueUrl);
    assert(messages.length > 0, `only ${bodies} came`);
    for (const one of messages) {
      assert.equal(one.Attributes.MessageGroupId, 'g');
      bodies.push(one.Body);
      await sqs.deleteMessage({ QueueUrl, ReceiptHandle: one.ReceiptHandle });
    }
  }
  assert.deepEqual(bodies, ['one', 'two', 'three']);
});

fact('ten are published in one batch and a bad entry fails alone', async () => {
  const TopicArn = await topic('batch');
  const { QueueUrl } = await subscribed(TopicArn, 'batch', { RawMessageDelivery: 'true' });
  const PublishBatchRequestEntries = Array.from({ length: 10 }, (_, i) => ({ Id: `${i}`, Message: `body ${i}` }));
  PublishBatchRequestEntries[9].Message = '';
  const answer = await sns.publishBatch({ TopicArn, PublishBatchRequestEntries }).catch((error) => error);
  if (answer instanceof Error) { // An empty message may be refused with the whole batch; then without it.
    assert.equal(answer.$fault, 'client');
    PublishBatchRequestEntries.pop();
    assert.equal((await sns.publishBatch({ TopicArn, PublishBatchRequestEntries })).Successful.length, 9);
  }
  const bodies = new Set();
  while (bodies.size < 9) {
    const messages = await receive(QueueUrl);
    assert(messages.length > 0, `only ${bodies.size} came`);
    messages.forEach((one) => bodies.add(one.Body));
  }
});

fact('subscriptions are listed, changed and end', async () => {
  const TopicArn = await topic('subscriptions');
  const { QueueUrl, SubscriptionArn } = await subscribed(TopicArn, 'subscriptions');
  await sns.setSubscriptionAttributes({
    SubscriptionArn, AttributeName: 'RawMessageDelivery', AttributeValue: 'true' });
  assert.equal((await sns.getSubscriptionAttributes({ SubscriptionArn })).Attributes.RawMessageDelivery, 'true');
  const { Subscriptions } = await sns.listSubscriptionsByTopic({ TopicArn });
  assert.deepEqual(Subscriptions.map((one) => one.SubscriptionArn), [SubscriptionArn]);
  await sns.unsubscribe({ SubscriptionArn });
  await sns.publish({ TopicArn, Message: 'nobody hears' });
  assert.deepEqual(await receive(QueueUrl, 0), []);
});

const version = JSON.parse(readFileSync(createRequire(import.meta.url).resolve('@aws-sdk/client-sns/package.json'))).version;
await tell(`@aws-sdk/client-sns ${version}`);
await Promise.allSettled(topics.map((TopicArn) => sns.deleteTopic({ TopicArn })));
await Promise.allSettled(queues.map((QueueUrl) => sqs.deleteQueue({ QueueUrl })));
sns.destroy();
sqs.destroy();
