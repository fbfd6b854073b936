import { CancelledError, DeadlineExceededError, EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import serverFeatures from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { Client, credentials, logVerbosity, setLogVerbosity, status } from '@grpc/grpc-js';
import test from 'ava';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { eventStoreError } from '../errors.ts';
import type { EventStore } from '../store.ts';
import { startTestServer, overTls, portToKeep } from './test-fixture.ts';
import { startEventStoreServer } from './server.ts';
import { featuresDefinition, gossipDefinition, persistentSubscriptionsDefinition, streamsDefinition } from './wire/service-definitions.ts';

const happened = (text = '') => jsonEvent({ type: 'happened', data: { text } });

test.serial('implemented methods are advertised, and others answer UNIMPLEMENTED', async (t) => {
  await using fixture = await startTestServer();
  const { host, port } = fixture.server.address;
  const client = new serverFeatures.ServerFeaturesClient(`${host}:${port}`, credentials.createInsecure());
  const answer = await new Promise<Map<string, string[]>>((resolve, reject) => {
    client.getSupportedMethods(new shared.Empty(), (error, methods) => {
      if (error) reject(error);
      else resolve(new Map(methods.getMethodsList().map((method) => [`${method.getServiceName()}/${method.getMethodName()}`, method.getFeaturesList()])));
    });
  });
  client.close();
  t.deepEqual(answer.get('event_store.client.streams.streams/batchappend'), ['deadline_duration']);
  t.deepEqual(answer.get('event_store.client.streams.streams/read'), ['position', 'events']);
  t.deepEqual(answer.get('event_store.client.persistent_subscriptions.persistentsubscriptions/replayparked'), ['stream', 'all']);
  t.is(answer.size, 5 + 8 + 1 + 1);
  const error = await t.throwsAsync<Error & { code: number }>(fixture.client.enableProjection('any'));
  t.is(error.code, status.UNIMPLEMENTED);
});

test.serial('a discovering client finds this node', async (t) => {
  await using fixture = await startTestServer();
  const { host, port } = fixture.server.address;
  const client = EventStoreDBClient.connectionString(`esdb+discover://${host}:${port}?tls=false`);
  t.true((await client.appendToStream('a', happened())).success);
  await client.dispose();
});

test.serial('gossip advertises the configured address', async (t) => {
  await using fixture = await startTestServer({ advertised: { host: '127.0.0.1', port: 1 } });
  const { host, port } = fixture.server.address;
  const client = EventStoreDBClient.connectionString(`esdb+discover://${host}:${port}?tls=false`);
  await t.throwsAsync(client.appendToStream('a', happened()), { message: /127\.0\.0\.1:1\b/ });
  await client.dispose();
});

test.serial('stopping ends open calls with CANCELLED and frees the port', async (t) => {
  await using fixture = await startTestServer({ ...overTls(), port: await portToKeep() });
  const subscription = fixture.client.subscribeToAll();
  const ended = once(subscription, 'end').catch((error: unknown) => error);
  await once(subscription.resume(), 'caughtUp');
  const { host, port } = fixture.server.address;
  await fixture.server[Symbol.asyncDispose]();
  t.true((await ended) instanceof CancelledError);
  await using again = await startEventStoreServer({ store: fixture.store }, { host, port, tls: 'insecure' });
  t.is(again.address.port, port);
});

test.serial('a port in use is refused', async (t) => {
  setLogVerbosity(logVerbosity.NONE);
  await using fixture = await startTestServer();
  const { host, port } = fixture.server.address;
  await t.throwsAsync(startEventStoreServer({ store: fixture.store }, { host, port, tls: 'insecure' }), { message: /EADDRINUSE|No address added/ });
});

test.serial('a client that disconnects ends its subscription in the store', async (t) => {
  await using fixture = await startTestServer();
  const ended = Promise.withResolvers<AbortSignal>();
  const watched: EventStore = {
    ...fixture.store,
    subscribeToAll: (options) => {
      const signal = options?.signal;
      signal?.addEventListener('abort', () => ended.resolve(signal));
      return fixture.store.subscribeToAll(options);
    },
  };
  await using server = await startEventStoreServer({ store: watched }, { host: '127.0.0.1', port: 0, tls: 'insecure' });
  const client = EventStoreDBClient.connectionString(server.connectionString);
  const subscription = client.subscribeToAll();
  await once(subscription.resume(), 'caughtUp');
  await subscription.unsubscribe();
  t.true((await ended.promise).aborted);
  await client.dispose();
});

test.serial('a deadline ends a call that waits for the store', async (t) => {
  await using fixture = await startTestServer();
  const stuck: EventStore = { ...fixture.store, tombstone: () => new Promise(() => {}) };
  await using server = await startEventStoreServer({ store: stuck }, { host: '127.0.0.1', port: 0, tls: 'insecure' });
  const client = EventStoreDBClient.connectionString(server.connectionString);
  await t.throwsAsync(client.tombstoneStream('a', { deadline: 100 }), { instanceOf: DeadlineExceededError });
  await client.dispose();
});

test.serial('an error of the store is reported to the client and in the log', async (t) => {
  await using fixture = await startTestServer();
  const failure = eventStoreError('store-corrupted', 'The record at position 3 is damaged.');
  const damaged: EventStore = {
    ...fixture.store,
    readStream: (stream, options) => {
      if (stream === 'a') throw failure;
      return fixture.store.readStream(stream, options);
    },
    deleteStream: () => Promise.reject(failure),
  };
  const logged: unknown[] = [];
  const logger = { warn: () => {}, error: ({ err }: { readonly err?: unknown }) => void logged.push(err) };
  await using server = await startEventStoreServer({ store: damaged }, { host: '127.0.0.1', port: 0, tls: 'insecure', logger });
  const client = EventStoreDBClient.connectionString(server.connectionString);
  await t.throwsAsync(Array.fromAsync(client.readStream('a')), { message: /position 3 is damaged/ });
  await t.throwsAsync(client.deleteStream('a'), { message: /position 3 is damaged/ });
  t.deepEqual(logged, [failure, failure]);
  await client.dispose();
});

test.serial('a message that claims to be longer than it is is refused at once, by every method', async (t) => {
  await using fixture = await startTestServer();
  const { host, port } = fixture.server.address;
  const client = new Client(`${host}:${port}`, credentials.createInsecure());
  const asItIs = (bytes: Buffer) => bytes;
  const fourGigabytes = Buffer.from('0affffffff0f0102', 'hex'); // field 1 with 4,294,967,295 bytes, of which two exist
  const definitions = [streamsDefinition, persistentSubscriptionsDefinition, gossipDefinition, featuresDefinition];
  for (const { path } of definitions.flatMap((definition) => Object.values<{ readonly path: string }>(definition))) {
    const call = client.makeBidiStreamRequest(path, asItIs, asItIs);
    const code = new Promise((resolve) => call.on('error', (error: { readonly code: status }) => resolve(error.code)));
    call.on('data', () => {}).end(fourGigabytes);
    t.is(await code, status.INTERNAL, path);
  }
  client.close();
  await fixture.client.appendToStream('a', happened());
});

test.serial('a client that doesn’t read pauses the read, and then gets all events', async (t) => {
  await using fixture = await startTestServer();
  let taken = 0;
  const counted: EventStore = {
    ...fixture.store,
    readStream: (stream, options) => {
      const read = fixture.store.readStream(stream, options);
      if (read.outcome !== 'found') return read;
      const events = (function* () {
        for (const event of read.events) {
          taken++;
          yield event;
        }
      })();
      return { ...read, events };
    },
  };
  const text = 'x'.repeat(10_000);
  const total = 2_000;
  for (let n = 0; n < total; n += 50)
    await fixture.client.appendToStream(
      'a',
      Array.from({ length: 50 }, () => happened(text)),
    );
  await using server = await startEventStoreServer({ store: counted }, { host: '127.0.0.1', port: 0, tls: 'insecure' });
  const client = EventStoreDBClient.connectionString(server.connectionString);
  const reading = client.readStream('a', {}, { highWaterMark: 1 });
  const first = await reading[Symbol.asyncIterator]().next();
  t.is(first.done, false);
  t.true((await settled(() => taken)) < total / 4, `${taken} of ${total} read ahead`);
  await reading.cancel();
  t.is((await Array.fromAsync(client.readStream('a'))).length, total);
  await client.dispose();
});

test.serial('the server pings clients as keepalive', async (t) => {
  await using fixture = await startTestServer({ keepaliveMs: 20 });
  const { host, port } = fixture.server.address;
  const session = connect(`http://${host}:${port}`);
  const [payload] = (await once(session, 'ping')) as [Buffer];
  t.is(payload.length, 8);
  session.destroy();
});

/** The value once it has stopped changing. */
async function settled(value: () => number): Promise<number> {
  let last = -1;
  while (value() !== last) {
    last = value();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return last;
}

test.serial('a fresh database has the events of EventStoreDB’s, and only once', async (t) => {
  await using fixture = await startTestServer({ initialEvents: 'write' });
  const users: string[] = [];
  for await (const { event } of fixture.client.readStream('$users')) users.push(Buffer.from(event!.data as Uint8Array).toString());
  t.deepEqual(users, ['admin', 'ops']);
  const head = fixture.store.head();
  await using _ = await startEventStoreServer({ store: fixture.store }, { host: '127.0.0.1', port: 0, tls: 'insecure' });
  t.is(fixture.store.head(), head);
});

test.serial('the system projections that are configured run, and clients resolve their links', async (t) => {
  await using fixture = await startTestServer({ systemProjections: ['$by_category'] });
  const { client } = fixture;
  await client.appendToStream('room-1', [happened('a'), happened('b')]);
  const subscription = client.subscribeToStream('$ce-room', { resolveLinkTos: true });
  const found: unknown[] = [];
  for await (const { event, link } of subscription) {
    found.push([event?.streamId, event?.revision, link?.streamId]);
    if (found.length === 2) break;
  }
  await subscription.unsubscribe();
  t.deepEqual(found, [
    ['room-1', 0n, '$ce-room'],
    ['room-1', 1n, '$ce-room'],
  ]);
});
