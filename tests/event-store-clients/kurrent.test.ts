/** The successor of the official Node client, whose reads go through a Rust library. */
import test from 'ava';
import { createRequire } from 'node:module';
import { startForClients } from './test-fixture.ts';

const PACKAGE = '@kurrent/kurrentdb-client';

/** As much of it as is used here; it has the official client's shape. */
type Kurrent = {
  readonly KurrentDBClient: { connectionString(text: string): KurrentClient };
  readonly jsonEvent: (event: { readonly type: string; readonly data: object }) => unknown;
};

type Resolved = { readonly event?: { readonly type: string; readonly revision: bigint } };

type Subscription = AsyncIterable<Resolved> & { unsubscribe(): Promise<void>; ack(event: Resolved): Promise<void> };

type KurrentClient = {
  appendToStream(stream: string, events: readonly unknown[], options?: object): Promise<{ readonly nextExpectedRevision: bigint }>;
  readStream(stream: string, options?: object): AsyncIterable<Resolved>;
  readAll(options?: object): AsyncIterable<Resolved>;
  subscribeToStream(stream: string, options?: object): Subscription;
  createPersistentSubscriptionToStream(stream: string, group: string, settings: object): Promise<void>;
  subscribeToPersistentSubscriptionToStream(stream: string, group: string): Subscription;
  deleteStream(stream: string): Promise<unknown>;
  dispose(): Promise<void>;
};

/** Its own types name another copy of what the official client's do; these are enough here. */
const { KurrentDBClient, jsonEvent } = createRequire(import.meta.url)(PACKAGE) as Kurrent;

for (const mode of ['insecure', 'over TLS'] as const) {
  test.serial(`${PACKAGE} works with the server, ${mode}`, async (t) => {
    await using fixture = await startForClients(mode);
    const client = KurrentDBClient.connectionString(fixture.connectionString);
    const happened = (type: string) => jsonEvent({ type, data: { type } });

    const result = await client.appendToStream('room-1', [happened('one'), happened('two')], { streamState: 'no_stream' });
    t.is(result.nextExpectedRevision, 1n);
    const wrong = await t.throwsAsync<Error & { readonly type?: string }>(client.appendToStream('room-1', [happened('three')], { streamState: 'no_stream' }));
    t.is(wrong.type, 'wrong-expected-version');

    t.deepEqual(await types(client.readStream('room-1')), ['one', 'two']);
    t.deepEqual(await types(client.readStream('room-1', { direction: 'backwards', fromRevision: 'end', maxCount: 1 })), ['two']);
    t.deepEqual((await types(client.readAll())).slice(0, 2), ['one', 'two']);
    await t.throwsAsync(types(client.readStream('nowhere')), { message: /not.?found/i });

    const subscription = client.subscribeToStream('room-1');
    const live = types(subscription, 3);
    await client.appendToStream('room-1', [happened('three')]);
    t.deepEqual(await live, ['one', 'two', 'three']);
    await subscription.unsubscribe();

    const settings = { ...PERSISTENT_SETTINGS, startFrom: 'start' };
    await client.createPersistentSubscriptionToStream('room-1', 'pushers', settings);
    const persistent = client.subscribeToPersistentSubscriptionToStream('room-1', 'pushers');
    for await (const event of persistent) {
      await persistent.ack(event);
      if (event.event?.type === 'three') break;
    }
    await persistent.unsubscribe();

    await client.deleteStream('room-1');
    await t.throwsAsync(types(client.readStream('room-1')));
    await client.dispose();
  });
}

const PERSISTENT_SETTINGS = {
  resolveLinkTos: false,
  extraStatistics: false,
  messageTimeout: 30_000,
  maxRetryCount: 10,
  checkPointAfter: 2_000,
  checkPointLowerBound: 10,
  checkPointUpperBound: 1_000,
  maxSubscriberCount: 'unbounded',
  liveBufferSize: 500,
  readBatchSize: 20,
  historyBufferSize: 500,
  consumerStrategyName: 'RoundRobin',
};

async function types(events: AsyncIterable<Resolved>, count = Infinity): Promise<string[]> {
  const found: string[] = [];
  for await (const { event } of events) {
    found.push(event?.type ?? '');
    if (found.length === count) break;
  }
  return found;
}
