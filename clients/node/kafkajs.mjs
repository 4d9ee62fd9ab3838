// Facts about Kafka's protocol as kafkajs sees it, the usual client in Node. Groups are not among them: its consumers have no other way to read.
import assert from 'node:assert/strict';
import kafkajs from 'kafkajs';
import { endpoint, fact, refusal, tell } from './facts.mjs';

const { CompressionTypes, Kafka, logLevel } = kafkajs;
const kafka = new Kafka({ clientId: 'facts', brokers: [endpoint.replace('kafka://', '')], logLevel: logLevel.NOTHING });
const admin = kafka.admin();

const ends = async (topic) => (await admin.fetchTopicOffsets(topic)).map(({ low, high }) => `${low}-${high}`).join();

fact('admin makes a topic, describes it, and deletes it', async () => {
  assert.equal(await admin.createTopics({ topics: [{ topic: 'kafkajs-made', numPartitions: 3 }] }), true);
  const { topics: [topic] } = await admin.fetchTopicMetadata({ topics: ['kafkajs-made'] });
  assert.equal(topic.partitions.length, 3);
  await admin.deleteTopics({ topics: ['kafkajs-made'] });
  assert.equal((await admin.listTopics()).includes('kafkajs-made'), false);
});

fact('a producer is told the offsets of its messages', async () => {
  const producer = kafka.producer();
  await producer.connect();
  await admin.createTopics({ topics: [{ topic: 'kafkajs-sent', numPartitions: 1 }] });
  const messages = [{ key: 'a', value: '1', headers: { colour: 'red' } }, { key: 'b', value: '2' }];
  const [first] = await producer.send({ topic: 'kafkajs-sent', messages });
  const [second] = await producer.send({ topic: 'kafkajs-sent', messages, compression: CompressionTypes.GZIP });
  assert.deepEqual([first.baseOffset, second.baseOffset], ['0', '2']);
  assert.equal(await ends('kafkajs-sent'), '0-4');
  await producer.disconnect();
});

fact('an idempotent producer is served', async () => {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  await admin.createTopics({ topics: [{ topic: 'kafkajs-once', numPartitions: 1 }] });
  for (let i = 0; i < 20; i++) {
    await producer.send({ topic: 'kafkajs-once', messages: [{ value: `${i}` }] });
  }
  assert.equal(await ends('kafkajs-once'), '0-20');
  await producer.disconnect();
});

fact('settings are read back, and unknown ones are refused', async () => {
  await admin.createTopics({ topics: [{ topic: 'kafkajs-set', configEntries: [{ name: 'retention.ms', value: '60000' }] }] });
  const { resources: [{ configEntries }] } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: 'kafkajs-set' }],
  });
  assert.equal(configEntries.find(({ configName }) => configName === 'retention.ms').configValue, '60000');
  await refusal(() => admin.createTopics({ topics: [{ topic: 'kafkajs-odd', configEntries: [{ name: 'no.such', value: '1' }] }] }));
});

await admin.connect();
await tell('kafkajs');
await admin.disconnect();
