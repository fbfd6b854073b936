import {
  eventTypeFilter,
  PersistentSubscriptionDoesNotExistError,
  PersistentSubscriptionDroppedError,
  PersistentSubscriptionExistsError,
  PersistentSubscriptionFailedError,
  PersistentSubscriptionMaximumSubscribersReachedError,
  persistentSubscriptionToAllSettingsFromDefaults as toAllSettings,
  persistentSubscriptionToStreamSettingsFromDefaults as toStreamSettings,
  START,
} from '@eventstore/db-client';
import test from 'ava';
import { once } from 'node:events';
import { ADMIN, startTestServer, overTls, portToKeep } from '../test-fixture.ts';
import { startEventStoreServer } from '../server.ts';
import { append, consume, create, GROUP, statistics, STREAM, until } from './test-fixture.ts';

for (const [mode, config] of Object.entries({ insecure: () => ({}), 'over TLS': overTls })) {
  test.serial(`${mode}: acknowledged messages are done, and a later consumer continues after them`, async (t) => {
    await using fixture = await startTestServer(config());
    const { client } = fixture;
    await append(client, STREAM, 'one', 'two', 'three');
    await create(client, { checkPointLowerBound: 1, checkPointUpperBound: 1 });
    {
      await using consumer = consume(client, 1);
      for (const type of ['one', 'two']) {
        const message = await consumer.next();
        t.is(message.event?.type, type);
        t.is(message.retryCount, 0);
        await consumer.subscription.ack(message);
      }
      await until(async () => (await statistics(client)).lastCheckpointedEventRevision === 1n);
    }
    await client.restartPersistentSubscriptionSubsystem();
    await using consumer = consume(client);
    t.is((await consumer.next()).event?.type, 'three');
  });
}

test.serial('retry delivers a message again, skip never, park keeps it until it is replayed', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  await append(client, STREAM, 'one');
  await create(client);
  await using consumer = consume(client);
  await consumer.subscription.nack('retry', 'busy', await consumer.next());
  const again = await consumer.next();
  t.is(again.retryCount, 1);
  await consumer.subscription.nack('park', 'broken', again);
  await until(async () => (await statistics(client)).parkedMessageCount === 1n);
  await append(client, STREAM, 'two', 'three');
  await consumer.subscription.nack('skip', 'boring', await consumer.next());
  const third = await consumer.next();
  t.is(third.event?.type, 'three');
  await consumer.subscription.ack(third);
  await client.replayParkedMessagesToStream(STREAM, GROUP);
  const replayed = await consumer.next();
  t.deepEqual([replayed.event?.type, replayed.link?.streamId], ['one', `$persistentsubscription-${STREAM}::${GROUP}-parked`]);
  await consumer.subscription.ack(replayed);
  await until(async () => (await statistics(client)).outstandingMessagesCount === 0);
  t.is((await statistics(client)).parkedMessageCount, 0n);
});

test.serial('a replay stops at the requested revision', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  await append(client, STREAM, 'one', 'two', 'three');
  await create(client);
  await using consumer = consume(client);
  for (let n = 0; n < 3; n++) await consumer.subscription.nack('park', 'broken', await consumer.next());
  await until(async () => (await statistics(client)).parkedMessageCount === 3n);
  await client.replayParkedMessagesToStream(STREAM, GROUP, { stopAt: 2 });
  for (const type of ['one', 'two']) t.is((await consumer.next()).event?.type, type);
  t.is((await statistics(client)).parkedMessageCount, 1n);
});

test.serial('a message retried too often is parked, with the reason', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  await append(client, STREAM, 'one', 'two');
  await create(client, { maxRetryCount: 2 });
  await using consumer = consume(client, 1);
  for (let tried = 0; tried <= 2; tried++) {
    const message = await consumer.next();
    t.deepEqual([message.event?.type, message.retryCount], ['one', tried]);
    await consumer.subscription.nack('retry', 'no', message);
  }
  t.is((await consumer.next()).event?.type, 'two');
  await until(async () => (await statistics(client)).parkedMessageCount === 1n);
  for await (const { event } of client.readStream(`$persistentsubscription-${STREAM}::${GROUP}-parked`)) {
    t.like(event?.metadata, { reason: 'Reached retry count of 2', subscriptionEventNumber: 0 });
  }
});

test.serial('a message is delivered again when it is not acknowledged in time or its consumer disconnects', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  await append(client, STREAM, 'one', 'two');
  await create(client, { messageTimeout: 150 });
  await using other = consume(client, 1);
  {
    await using consumer = consume(client, 1);
    const [first, second] = await Promise.all([other.next(), consumer.next()]);
    t.not(first.event?.type, second.event?.type);
    await other.subscription.ack(first);
  }
  const again = await other.next();
  t.is(again.retryCount, 1);
  const onceMore = await other.next();
  t.deepEqual([onceMore.event?.id, onceMore.retryCount], [again.event?.id, 2]);
});

test.serial('a consumer that answers stop is disconnected, and its message goes to another', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  await append(client, STREAM, 'one');
  await create(client);
  const consumer = consume(client);
  await consumer.subscription.nack('stop', 'going home', await consumer.next());
  t.true((await consumer.ended(t)) instanceof PersistentSubscriptionDroppedError);
  await using other = consume(fixture.connect());
  t.is((await other.next()).event?.type, 'one');
});

test.serial('groups are created once, found by name, updated, listed and deleted', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  await create(client);
  const exists = await t.throwsAsync(create(client), { instanceOf: PersistentSubscriptionExistsError });
  t.deepEqual([exists.streamName, exists.groupName], [STREAM, GROUP]);
  await client.createPersistentSubscriptionToAll(GROUP, toAllSettings());
  const sources = async () => (await client.listAllPersistentSubscriptions()).map(({ eventSource }) => eventSource).sort();
  t.deepEqual(await sources(), ['$all', STREAM]);
  t.is((await client.listPersistentSubscriptionsToAll()).length, 1);
  await client.updatePersistentSubscriptionToStream(STREAM, GROUP, toStreamSettings({ maxRetryCount: 3, consumerStrategyName: 'Pinned' }));
  t.like((await client.getPersistentSubscriptionToStreamInfo(STREAM, GROUP)).settings, { maxRetryCount: 3, consumerStrategyName: 'Pinned', startFrom: 'end' });
  await client.deletePersistentSubscriptionToStream(STREAM, GROUP);
  t.deepEqual(await sources(), ['$all']);
  const unknown = (promise: Promise<unknown>) => t.throwsAsync(promise, { instanceOf: PersistentSubscriptionDoesNotExistError });
  await unknown(client.deletePersistentSubscriptionToStream(STREAM, GROUP));
  await unknown(client.updatePersistentSubscriptionToStream(STREAM, GROUP, toStreamSettings()));
  await unknown(client.getPersistentSubscriptionToStreamInfo(STREAM, GROUP));
  await unknown(client.replayParkedMessagesToStream(STREAM, GROUP));
  await unknown(client.listPersistentSubscriptionsToStream(STREAM));
  t.true((await consume(client).ended(t)) instanceof PersistentSubscriptionDoesNotExistError);
  await t.throwsAsync(create(client, { readBatchSize: 500 }), { instanceOf: PersistentSubscriptionFailedError });
});

test.serial('updating or deleting a group disconnects its consumers, and no more connect than its maximum', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  await create(client, { maxSubscriberCount: 1 });
  const consumer = consume(client);
  await once(consumer.subscription, 'confirmation');
  t.true((await consume(client).ended(t)) instanceof PersistentSubscriptionMaximumSubscribersReachedError);
  const dropped = consumer.ended(t);
  await client.updatePersistentSubscriptionToStream(STREAM, GROUP, toStreamSettings());
  t.true((await dropped) instanceof PersistentSubscriptionDroppedError);
  const other = consume(fixture.connect());
  await once(other.subscription, 'confirmation');
  const gone = other.ended(t);
  await fixture.connect().deletePersistentSubscriptionToStream(STREAM, GROUP);
  t.true((await gone) instanceof PersistentSubscriptionDoesNotExistError);
});

test.serial('a group on $all gets events that pass its filter, and its checkpoint passes the rest', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  const settings = toAllSettings({ startFrom: START, checkPointLowerBound: 1, checkPointUpperBound: 100, checkPointAfter: 1 });
  await client.createPersistentSubscriptionToAll('said', settings, { filter: eventTypeFilter({ prefixes: ['said'] }) });
  await append(client, 'a', 'joined', 'said.1');
  await append(client, 'b', 'said.2', ...Array.from({ length: 150 }, () => 'left'));
  const subscription = client.subscribeToPersistentSubscriptionToAll('said');
  const types: string[] = [];
  for await (const message of subscription) {
    types.push(message.event!.type);
    await subscription.ack(message);
    if (types.length === 2) break;
  }
  await subscription.unsubscribe();
  t.deepEqual(types, ['said.1', 'said.2']);
  const [last] = await Array.fromAsync(client.readStream('b', { direction: 'backwards', maxCount: 1 }));
  const passed = async () => (await client.getPersistentSubscriptionToAllInfo('said')).stats.lastCheckpointedEventPosition?.commit ?? 0n;
  await until(async () => (await passed()) >= last!.event!.position!.commit);
  t.true((await passed()) >= last!.event!.position!.commit);
});

test.serial('a group on unfiltered $all doesn’t get its own checkpoints', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  const settings = toAllSettings({ checkPointLowerBound: 1, checkPointUpperBound: 1, checkPointAfter: 1 });
  await client.createPersistentSubscriptionToAll('everything', settings);
  const subscription = client.subscribeToPersistentSubscriptionToAll('everything');
  const taken: string[] = [];
  const acknowledged = Promise.withResolvers<void>();
  subscription.on('data', (message) => {
    taken.push(message.event!.type);
    void subscription.ack(message).then(() => message.event!.type === 'two' && acknowledged.resolve());
  });
  await once(subscription, 'confirmation');
  await append(client, STREAM, 'one');
  await append(client, STREAM, 'two');
  await acknowledged.promise;
  const checkpointOf = async () => (await client.getPersistentSubscriptionToAllInfo('everything')).stats.lastCheckpointedEventPosition;
  await until(async () => (await checkpointOf()) !== undefined);
  await subscription.unsubscribe();
  t.true(taken.includes('one') && !taken.includes('$SubscriptionCheckpoint'));
});

test.serial('a group that starts at the end gets only new events', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  await append(client, STREAM, 'old');
  await create(client, { startFrom: 'end' });
  await using consumer = consume(client);
  await once(consumer.subscription, 'confirmation');
  await append(client, STREAM, 'new');
  t.is((await consumer.next()).event?.type, 'new');
});

test.serial('a consumer gets no more messages in flight than its buffer size', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  await append(client, STREAM, ...Array.from({ length: 50 }, () => 'happened'));
  await create(client, { historyBufferSize: 30 });
  await using consumer = consume(client, 3);
  const first = await consumer.next();
  await consumer.next();
  await consumer.next();
  const stats = await statistics(client);
  t.is(stats.totalInFlightMessages, 3);
  t.true(stats.readBufferCount <= 30, `${stats.readBufferCount} waiting`);
  await consumer.subscription.ack(first);
  t.truthy(await consumer.next());
});

test.serial('groups and their checkpoints survive a restart of the server', async (t) => {
  await using fixture = await startTestServer({ ...overTls(), port: await portToKeep() });
  const { client } = fixture;
  await append(client, STREAM, 'one', 'two');
  await create(client);
  {
    await using consumer = consume(client, 1);
    await consumer.subscription.ack(await consumer.next());
    await until(async () => (await statistics(client)).totalInFlightMessages === 1 && (await statistics(client)).totalItems === 2n);
  }
  await client.dispose();
  await fixture.server[Symbol.asyncDispose]();
  const { host, port } = fixture.server.address;
  await using _ = await startEventStoreServer({ store: fixture.store }, { host, port, ...overTls() });
  await using consumer = consume(fixture.connect(ADMIN));
  t.is((await consumer.next()).event?.type, 'two');
});
