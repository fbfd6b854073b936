import {
  binaryEvent,
  END,
  eventTypeFilter,
  PersistentSubscriptionDoesNotExistError,
  PersistentSubscriptionFailedError,
  persistentSubscriptionToAllSettingsFromDefaults as toAllSettings,
  persistentSubscriptionToStreamSettingsFromDefaults as toStreamSettings,
  START,
  type EventStoreDBClient,
} from '@eventstore/db-client';
import persistentGrpc from '@eventstore/db-client/generated/persistent_grpc_pb.js';
import persistent from '@eventstore/db-client/generated/persistent_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { credentials, status, type ServiceError } from '@grpc/grpc-js';
import test from 'ava';
import { once } from 'node:events';
import { startTestServer } from '../test-fixture.ts';
import { append, consume, create, GROUP, STREAM } from './test-fixture.ts';

const ROUNDS = 10;

const changes: Readonly<Record<string, (client: EventStoreDBClient, round: number) => Promise<void>>> = {
  changed: (client, round) => client.updatePersistentSubscriptionToStream(STREAM, GROUP, toStreamSettings({ startFrom: START, maxRetryCount: round })),
  'started again': (client) => client.restartPersistentSubscriptionSubsystem(),
};

for (const [how, change] of Object.entries(changes)) {
  test.serial(`a consumer that reconnects the moment its group is ${how} finds the group and gets new events`, async (t) => {
    await using fixture = await startTestServer();
    const { client } = fixture;
    const operator = fixture.connect();
    await create(client);
    for (let round = 0; round < ROUNDS; round++) {
      const consumer = consume(client);
      await once(consumer.subscription, 'confirmation');
      const backAtOnce = once(consumer.subscription, 'error')
        .catch(() => {})
        .then(() => consume(client));
      await change(operator, round);
      await using again = await backAtOnce;
      await append(operator, STREAM, `event ${round}`);
      const message = await again.next();
      t.is(message.event?.type, `event ${round}`);
      await again.subscription.ack(message);
      await append(operator, STREAM, 'last');
      await again.subscription.ack(await again.next());
    }
  });
}

test.serial('a group on $all may start at position 0 but not beyond the end of the log', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  await append(client, STREAM, 'one');
  const startingAt = (commit: bigint) => toAllSettings({ startFrom: { commit, prepare: commit } });
  await client.createPersistentSubscriptionToAll('zero', startingAt(0n));
  const subscription = client.subscribeToPersistentSubscriptionToAll('zero');
  for await (const message of subscription) {
    t.is(message.event?.type, 'one');
    break;
  }
  await subscription.unsubscribe();
  await t.throwsAsync(client.createPersistentSubscriptionToAll('beyond', startingAt(1_000n)), { instanceOf: PersistentSubscriptionFailedError });
  await t.throwsAsync(client.updatePersistentSubscriptionToAll('zero', startingAt(1_000n)), { instanceOf: PersistentSubscriptionFailedError });
});

test.serial('an unknown consumer strategy fails with INTERNAL and persistent-subscription-failed', async (t) => {
  await using fixture = await startTestServer();
  const { host, port } = fixture.server.address;
  const raw = new persistentGrpc.PersistentSubscriptionsClient(`${host}:${port}`, credentials.createInsecure());
  const settings = new persistent.CreateReq.Settings().setConsumerStrategy('Unheard').setReadBatchSize(1).setHistoryBufferSize(2);
  const stream = new persistent.CreateReq.StreamOptions().setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Buffer.from(STREAM)));
  const options = new persistent.CreateReq.Options().setStream(stream.setStart(new shared.Empty())).setGroupName(GROUP).setSettings(settings);
  const error = await new Promise<ServiceError | null>((resolve) => raw.create(new persistent.CreateReq().setOptions(options), (failure) => resolve(failure)));
  raw.close();
  t.is(error?.code, status.INTERNAL);
  t.is(error?.metadata.get('exception')[0], 'persistent-subscription-failed');
  t.is(error?.metadata.get('reason')[0], 'Consumer strategy Unheard does not exist.');
});

test.serial('a group that has seen no event has no last known revision', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  await append(client, STREAM, 'before');
  await create(client, { startFrom: END });
  const lastKnown = async () => (await client.getPersistentSubscriptionToStreamInfo(STREAM, GROUP)).stats.lastKnownEventRevision;
  t.is(await lastKnown(), undefined);
  await using consumer = consume(client);
  await append(client, STREAM, 'after');
  const message = await consumer.next();
  t.is(message.event?.type, 'after');
  t.is(await lastKnown(), 1n);
});

test.serial('names that are too long for the group’s own streams are refused', async (t) => {
  await using fixture = await startTestServer();
  const name = 's'.repeat(1_000);
  await t.throwsAsync(fixture.client.createPersistentSubscriptionToStream(name, GROUP, toStreamSettings()), { instanceOf: PersistentSubscriptionFailedError });
});

test.serial('a group isn’t found under another stream and name with the same key', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  await client.createPersistentSubscriptionToStream('a::b', 'c', toStreamSettings());
  const unknown = { instanceOf: PersistentSubscriptionDoesNotExistError };
  await t.throwsAsync(client.getPersistentSubscriptionToStreamInfo('a', 'b::c'), unknown);
  await t.throwsAsync(async () => void (await client.subscribeToPersistentSubscriptionToStream('a', 'b::c')[Symbol.asyncIterator]().next()), unknown);
  await t.throwsAsync(client.deletePersistentSubscriptionToStream('a', 'b::c'), unknown);
});

test.serial('an unreadable checkpoint is ignored, and the group starts where its settings say', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  await append(client, STREAM, 'one');
  await create(client);
  for (const data of ['{}', 'nonsense', '"C:x/P:x"']) {
    await client.appendToStream(`$persistentsubscription-${STREAM}::${GROUP}-checkpoint`, [binaryEvent({ type: 'mine', data: Buffer.from(data) })]);
    await client.restartPersistentSubscriptionSubsystem();
    await using consumer = consume(client);
    t.is((await consumer.next()).event?.type, 'one');
  }
});

test.serial('updating a group keeps its filter', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  await client.createPersistentSubscriptionToAll('said', toAllSettings({ startFrom: START }), { filter: eventTypeFilter({ prefixes: ['said'] }) });
  await Promise.all([
    client.restartPersistentSubscriptionSubsystem(),
    client.updatePersistentSubscriptionToAll('said', toAllSettings({ startFrom: START, maxRetryCount: 3 })),
  ]);
  await append(client, STREAM, 'joined', 'said');
  const subscription = client.subscribeToPersistentSubscriptionToAll('said');
  for await (const message of subscription) {
    t.is(message.event?.type, 'said');
    break;
  }
  await subscription.unsubscribe();
});
