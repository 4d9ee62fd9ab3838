// Facts about SQS as the AWS SDK for JavaScript 2 sees it (JSON protocol without the query mode; it checks digests itself).
import assert from 'node:assert/strict';
import AWS from 'aws-sdk';
import { endpoint, fact, refusal, tell } from './facts.mjs';

const sqs = new AWS.SQS({ endpoint, region: 'eu-west-1', maxRetries: 0 });
const made = [];

async function queue(name, Attributes = {}) {
  const { QueueUrl } = await sqs.createQueue({ QueueName: `sdk-v2-${name}`, Attributes }).promise();
  made.push(QueueUrl);
  return QueueUrl;
}

async function receive(QueueUrl, more = {}) {
  const answer = await sqs.receiveMessage({
    QueueUrl, MaxNumberOfMessages: 10, AttributeNames: ['All'], MessageAttributeNames: ['All'], ...more }).promise();
  return answer.Messages ?? [];
}

fact('attributes and tags are read back as they were set', async () => {
  const QueueUrl = await queue('attributes', { VisibilityTimeout: '77' });
  assert.equal(QueueUrl, `${endpoint}/000000000000/sdk-v2-attributes`);
  await sqs.setQueueAttributes({ QueueUrl, Attributes: { DelaySeconds: '5' } }).promise();
  const { Attributes } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['All'] }).promise();
  assert.equal(Attributes.VisibilityTimeout, '77');
  assert.equal(Attributes.DelaySeconds, '5');
  await sqs.tagQueue({ QueueUrl, Tags: { team: 'orders' } }).promise();
  assert.deepEqual((await sqs.listQueueTags({ QueueUrl }).promise()).Tags, { team: 'orders' });
  const { QueueUrls } = await sqs.listQueues({ QueueNamePrefix: 'sdk-v2-attr' }).promise();
  assert.deepEqual(QueueUrls, [QueueUrl]);
});

fact('messages come back byte for byte and are gone once deleted', async () => {
  const QueueUrl = await queue('messages');
  const MessageBody = 'häl\tlo\r\n<&>"\' \u{1f30d}';
  const BinaryValue = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  const sent = await sqs.sendMessage({
    QueueUrl, MessageBody, MessageAttributes: { bytes: { DataType: 'Binary.raw', BinaryValue } } }).promise();
  const [message] = await receive(QueueUrl);
  assert.equal(message.Body, MessageBody);
  assert.equal(message.MD5OfBody, sent.MD5OfMessageBody);
  assert.equal(message.MD5OfMessageAttributes, sent.MD5OfMessageAttributes);
  assert.deepEqual(Buffer.from(message.MessageAttributes.bytes.BinaryValue), BinaryValue);
  await sqs.changeMessageVisibility({
    QueueUrl, ReceiptHandle: message.ReceiptHandle, VisibilityTimeout: 60 }).promise();
  await sqs.deleteMessage({ QueueUrl, ReceiptHandle: message.ReceiptHandle }).promise();
  assert.deepEqual(await receive(QueueUrl), []);
});

fact('batches are sent, received and deleted', async () => {
  const QueueUrl = await queue('batch');
  const Entries = Array.from({ length: 10 }, (_, i) => ({ Id: `${i}`, MessageBody: `body ${i}` }));
  assert.equal((await sqs.sendMessageBatch({ QueueUrl, Entries }).promise()).Successful.length, 10);
  const messages = await receive(QueueUrl, { WaitTimeSeconds: 2 });
  const gone = await sqs.deleteMessageBatch({
    QueueUrl, Entries: messages.map((one, i) => ({ Id: `${i}`, ReceiptHandle: one.ReceiptHandle })) }).promise();
  assert.equal(gone.Successful.length, 10);
});

fact('fifo keeps the order of a group and drops repeats', async () => {
  const QueueUrl = await queue('order.fifo', { FifoQueue: 'true' });
  for (const [MessageDeduplicationId, MessageBody] of [['1', 'one'], ['2', 'two'], ['1', 'again']]) {
    await sqs.sendMessage({ QueueUrl, MessageGroupId: 'g', MessageDeduplicationId, MessageBody }).promise();
  }
  const messages = await receive(QueueUrl, { WaitTimeSeconds: 2 });
  assert.deepEqual(messages.map((one) => one.Body), ['one', 'two']);
});

fact('a long poll is answered as soon as a message arrives', async () => {
  const QueueUrl = await queue('poll');
  const started = Date.now();
  const poll = receive(QueueUrl, { WaitTimeSeconds: 20 });
  await sqs.sendMessage({ QueueUrl, MessageBody: 'x' }).promise();
  assert.equal((await poll).length, 1);
  assert(Date.now() - started < 15_000, 'it waited to the end');
});

fact('errors have the codes that programs look at', async () => {
  const missing = await refusal(() => sqs.getQueueUrl({ QueueName: 'sdk-v2-none' }).promise());
  assert.equal(missing.code, 'AWS.SimpleQueueService.NonExistentQueue');
  assert.equal(missing.statusCode, 400);
  const QueueUrl = await queue('errors');
  const garbage = await refusal(() => sqs.deleteMessage({ QueueUrl, ReceiptHandle: 'garbage' }).promise());
  assert.equal(garbage.code, 'ReceiptHandleIsInvalid');
});

await tell(`aws-sdk ${AWS.VERSION}`);
await Promise.allSettled(made.map((QueueUrl) => sqs.deleteQueue({ QueueUrl }).promise()));
