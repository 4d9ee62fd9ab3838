// Facts about SQS as the AWS SDK for JavaScript 3 sees it (JSON protocol; it checks the digests of bodies itself).
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as sdk from '@aws-sdk/client-sqs';
import { endpoint, fact, refusal, tell } from './facts.mjs';

const sqs = new sdk.SQS({ endpoint, region: 'eu-west-1', maxAttempts: 1, useQueueUrlAsEndpoint: true });
const made = [];

async function queue(name, Attributes = {}) {
  const { QueueUrl } = await sqs.createQueue({ QueueName: `sdk-v3-${name}`, Attributes });
  made.push(QueueUrl);
  return QueueUrl;
}

async function receive(QueueUrl, more = {}) {
  const answer = await sqs.receiveMessage({
    QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'], MessageAttributeNames: ['All'], ...more });
  return answer.Messages ?? [];
}

const md5 = (text) => createHash('md5').update(text).digest('hex');

fact('attributes are read back as they were set', async () => {
  const QueueUrl = await queue('attributes', { VisibilityTimeout: '77', KmsMasterKeyId: 'alias/mine' });
  assert.equal(QueueUrl, `${endpoint}/000000000000/sdk-v3-attributes`);
  await sqs.setQueueAttributes({ QueueUrl, Attributes: { DelaySeconds: '5' } });
  const { Attributes } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['All'] });
  assert.equal(Attributes.VisibilityTimeout, '77');
  assert.equal(Attributes.DelaySeconds, '5');
  assert.equal(Attributes.KmsMasterKeyId, 'alias/mine');
  assert.equal(Attributes.QueueArn, 'arn:aws:sqs:us-east-1:000000000000:sdk-v3-attributes');
  assert.equal((await sqs.getQueueUrl({ QueueName: 'sdk-v3-attributes' })).QueueUrl, QueueUrl);
});

fact('messages come back byte for byte and are gone once deleted', async () => {
  const QueueUrl = await queue('messages');
  const MessageBody = 'häl\tlo\r\n<&>"\' \u{1f30d}';
  const MessageAttributes = {
    text: { DataType: 'String.custom', StringValue: '1' },
    number: { DataType: 'Number', StringValue: '-1.5' },
    bytes: { DataType: 'Binary', BinaryValue: Uint8Array.from({ length: 256 }, (_, i) => i) },
  };
  const sent = await sqs.sendMessage({ QueueUrl, MessageBody, MessageAttributes });
  assert.equal(sent.MD5OfMessageBody, md5(MessageBody));
  const [message] = await receive(QueueUrl);
  assert.equal(message.Body, MessageBody);
  assert.equal(message.MessageId, sent.MessageId);
  assert.equal(message.MD5OfMessageAttributes, sent.MD5OfMessageAttributes);
  assert.deepEqual(message.MessageAttributes.bytes.BinaryValue, MessageAttributes.bytes.BinaryValue);
  assert.equal(message.MessageAttributes.text.DataType, 'String.custom');
  assert.equal(message.Attributes.ApproximateReceiveCount, '1');
  await sqs.deleteMessage({ QueueUrl, ReceiptHandle: message.ReceiptHandle });
  const { Attributes } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['All'] });
  assert.equal(Attributes.ApproximateNumberOfMessages, '0');
  assert.equal(Attributes.ApproximateNumberOfMessagesNotVisible, '0');
});

fact('an empty queue answers without a list', async () => {
  const QueueUrl = await queue('empty');
  assert.equal((await sqs.receiveMessage({ QueueUrl })).Messages, undefined);
});

fact('ten go in one batch and a bad entry fails alone', async () => {
  const QueueUrl = await queue('batch');
  const Entries = Array.from({ length: 10 }, (_, i) => ({ Id: `${i}`, MessageBody: `body ${i}` }));
  Entries[9].DelaySeconds = 901;
  const sent = await sqs.sendMessageBatch({ QueueUrl, Entries });
  assert.equal(sent.Successful.length, 9);
  assert.deepEqual(sent.Failed.map((one) => [one.Id, one.SenderFault]), [['9', true]]);
  const messages = await receive(QueueUrl, { WaitTimeSeconds: 2 });
  assert.deepEqual(messages.map((one) => one.Body).sort(), Entries.slice(0, 9).map((one) => one.MessageBody));
  const gone = await sqs.deleteMessageBatch({
    QueueUrl, Entries: messages.map((one, i) => ({ Id: `${i}`, ReceiptHandle: one.ReceiptHandle })) });
  assert.equal(gone.Successful.length, 9);
  assert.equal(gone.Failed, undefined);
});

fact('fifo keeps the order of a group and drops repeats', async () => {
  const QueueUrl = await queue('order.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' });
  const sent = [];
  for (const [MessageGroupId, MessageBody] of [['a', '1'], ['b', '2'], ['a', '3'], ['a', '4'], ['a', '3']]) {
    sent.push(await sqs.sendMessage({ QueueUrl, MessageGroupId, MessageBody }));
  }
  assert.equal(sent[4].MessageId, sent[2].MessageId);
  assert(BigInt(sent[0].SequenceNumber) < BigInt(sent[3].SequenceNumber));
  const messages = await receive(QueueUrl, { WaitTimeSeconds: 2 });
  const ofA = messages.filter((one) => one.Attributes.MessageGroupId === 'a').map((one) => one.Body);
  assert.deepEqual(ofA, ['1', '3', '4']);
  assert.deepEqual(await receive(QueueUrl), []);
});

fact('a long poll is answered as soon as a message arrives', async () => {
  const QueueUrl = await queue('poll');
  const started = Date.now();
  const poll = receive(QueueUrl, { WaitTimeSeconds: 20 });
  await sqs.sendMessage({ QueueUrl, MessageBody: 'x' });
  assert.equal((await poll).length, 1);
  assert(Date.now() - started < 15_000, 'it waited to the end');
});

fact('a poll whose client gives up takes no message with it', async () => {
  const QueueUrl = await queue('gone');
  const gone = new AbortController();
  const poll = sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 20 }, { abortSignal: gone.signal });
  setTimeout(() => gone.abort(), 300);
  assert.equal((await refusal(() => poll)).name, 'AbortError');
  await sqs.sendMessage({ QueueUrl, MessageBody: 'x' });
  assert.equal((await receive(QueueUrl, { WaitTimeSeconds: 10 })).length, 1);
});

fact('a message received too often goes to the dead-letter queue', async () => {
  const dead = await queue('dead');
  const { Attributes } = await sqs.getQueueAttributes({ QueueUrl: dead, AttributeNames: ['QueueArn'] });
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: Attributes.QueueArn, maxReceiveCount: 2 });
  const QueueUrl = await queue('poisoned', { RedrivePolicy });
  await sqs.sendMessage({ QueueUrl, MessageBody: 'poison' });
  assert.equal((await receive(QueueUrl, { VisibilityTimeout: 0 })).length, 1);
  assert.equal((await receive(QueueUrl, { VisibilityTimeout: 0 })).length, 1);
  assert.equal((await receive(QueueUrl)).length, 0);
  const [message] = await receive(dead, { WaitTimeSeconds: 10 });
  assert.equal(message.Body, 'poison');
  assert.equal(message.Attributes.DeadLetterQueueSourceArn, 'arn:aws:sqs:us-east-1:000000000000:sdk-v3-poisoned');
});

fact('tags are kept, listed and taken off', async () => {
  const { QueueUrl } = await sqs.createQueue({ QueueName: 'sdk-v3-tags', tags: { team: 'orders', empty: '' } });
  made.push(QueueUrl);
  await sqs.untagQueue({ QueueUrl, TagKeys: ['empty'] });
  assert.deepEqual((await sqs.listQueueTags({ QueueUrl })).Tags, { team: 'orders' });
});

fact('a message of 1 MiB goes through and a larger one is refused', async () => {
  const QueueUrl = await queue('large');
  const MessageBody = 'x'.repeat(1024 * 1024);
  await sqs.sendMessage({ QueueUrl, MessageBody });
  const [message] = await receive(QueueUrl, { WaitTimeSeconds: 2 });
  assert.equal(message.Body, MessageBody);
  assert.match((await refusal(() => sqs.sendMessage({ QueueUrl, MessageBody: `${MessageBody}x` }))).message,
    /Message must be shorter than 1048576 bytes/);
});

fact('lists come in pages', async () => {
  await Promise.all([1, 2, 3].map((i) => queue(`page-${i}`)));
  const urls = [];
  for await (const page of sdk.paginateListQueues({ client: sqs, pageSize: 2 }, { QueueNamePrefix: 'sdk-v3-page-' })) {
    urls.push(...page.QueueUrls);
  }
  assert.deepEqual(urls.map((url) => url.split('/').pop()), ['sdk-v3-page-1', 'sdk-v3-page-2', 'sdk-v3-page-3']);
});

fact('errors have the classes that programs catch', async () => {
  const missing = await refusal(() => sqs.getQueueUrl({ QueueName: 'sdk-v3-none' }));
  assert(missing instanceof sdk.QueueDoesNotExist, missing.name);
  assert.equal(missing.Code, 'AWS.SimpleQueueService.NonExistentQueue');
  assert.equal(missing.$metadata.httpStatusCode, 400);
  const QueueUrl = await queue('errors');
  const garbage = await refusal(() => sqs.deleteMessage({ QueueUrl, ReceiptHandle: 'garbage' }));
  assert(garbage instanceof sdk.ReceiptHandleIsInvalid, garbage.name);
  const twice = await refusal(() => sqs.sendMessageBatch({
    QueueUrl, Entries: [{ Id: '1', MessageBody: 'x' }, { Id: '1', MessageBody: 'y' }] }));
  assert(twice instanceof sdk.BatchEntryIdsNotDistinct, twice.name);
  const other = await refusal(() => queue('errors', { VisibilityTimeout: '1' }));
  assert(other instanceof sdk.QueueNameExists, other.name);
});

const version = JSON.parse(readFileSync(createRequire(import.meta.url).resolve('@aws-sdk/client-sqs/package.json'))).version;
await tell(`@aws-sdk/client-sqs ${version}`);
await Promise.allSettled(made.map((QueueUrl) => sqs.deleteQueue({ QueueUrl })));
sqs.destroy();
