import { persistentSubscriptionToAllSettingsFromDefaults as toAllSettings, START } from '@eventstore/db-client';
import test from 'ava';
import { startTestServer, type TestServer } from '../test-fixture.ts';
import { append, consume, create, GROUP, statistics, STREAM, until } from './test-fixture.ts';

/** A group with `count` parked messages, and a consumer of it. */
async function consumerWithParked({ client }: Pick<TestServer, 'client'>, types: readonly string[]): Promise<ReturnType<typeof consume>> {
  await append(client, STREAM, ...types);
  await create(client);
  const consumer = consume(client);
  for (const _ of types) await consumer.subscription.nack('park', 'broken', await consumer.next());
  await until(async () => (await statistics(client)).parkedMessageCount === BigInt(types.length));
  return consumer;
}

test.serial('a message replayed twice at once is delivered once', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  await using consumer = await consumerWithParked(fixture, ['one', 'two', 'three']);
  await Promise.all([1, 2, 3].map(() => client.replayParkedMessagesToStream(STREAM, GROUP)));
  const types: (string | undefined)[] = [];
  for (let n = 0; n < 3; n++) {
    const message = await consumer.next();
    types.push(message.event?.type);
    await consumer.subscription.ack(message);
  }
  await append(client, STREAM, 'four');
  types.push((await consumer.next()).event?.type);
  t.deepEqual(types, ['one', 'two', 'three', 'four']);
});

test.serial('a replayed message that is not finished when the group stops stays parked', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  {
    await using consumer = await consumerWithParked(fixture, ['one', 'two', 'three']);
    await client.replayParkedMessagesToStream(STREAM, GROUP);
    t.is((await statistics(client)).parkedMessageCount, 0n);
    await consumer.subscription.ack(await consumer.next());
    await until(async () => (await statistics(client)).outstandingMessagesCount === 2);
  }
  await client.restartPersistentSubscriptionSubsystem();
  t.is((await statistics(client)).parkedMessageCount, 2n);
  await using consumer = consume(client);
  await client.replayParkedMessagesToStream(STREAM, GROUP);
  t.deepEqual([(await consumer.next()).event?.type, (await consumer.next()).event?.type], ['two', 'three']);
});

test.serial('a replayed message that is finished is no longer parked', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  await using consumer = await consumerWithParked(fixture, ['one', 'two']);
  await client.replayParkedMessagesToStream(STREAM, GROUP);
  for (let n = 0; n < 2; n++) await consumer.subscription.ack(await consumer.next());
  const parked = `$persistentsubscription-${STREAM}::${GROUP}-parked`;
  await until(async () => fixture.store.streamMetadata(parked).metadata.$tb === 2);
  t.is((await statistics(client)).parkedMessageCount, 0n);
});

test.serial('a group on unfiltered $all doesn’t get the messages that it parked', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  await client.createPersistentSubscriptionToAll('everything', toAllSettings({ startFrom: START }));
  const subscription = client.subscribeToPersistentSubscriptionToAll('everything');
  const taken: (string | undefined)[] = [];
  subscription.on('data', (message) => {
    taken.push(message.event?.streamId);
    void subscription.nack('park', 'broken', message);
  });
  await append(client, STREAM, 'one');
  const stats = async () => (await client.getPersistentSubscriptionToAllInfo('everything')).stats;
  await until(async () => taken.includes(STREAM) && (await stats()).parkedMessageCount === BigInt(taken.length));
  await append(client, STREAM, 'two');
  await until(async () => taken.filter((stream) => stream === STREAM).length === 2);
  await subscription.unsubscribe();
  t.false(taken.some((stream) => stream?.includes('everything')));
});
