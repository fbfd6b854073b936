import { EventStoreDBClient, jsonEvent, UnavailableError } from '@eventstore/db-client';
import test, { type ExecutionContext } from 'ava';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import type { AppendResult, EventStore } from '../store.ts';
import { startEventStoreServer, type EventStoreServer } from './server.ts';
import { ADMIN, overTls, startTestServer } from './test-fixture.ts';

const STOP_MS_MAX = 5_000;
const happened = () => jsonEvent({ type: 'happened', data: {} });

async function stopsInTime(t: ExecutionContext, server: EventStoreServer): Promise<void> {
  const startedMs = performance.now();
  await server[Symbol.asyncDispose]();
  const tookMs = performance.now() - startedMs;
  t.true(tookMs < STOP_MS_MAX, `took ${Math.round(tookMs)} ms`);
}

for (const [mode, config] of Object.entries({ insecure: () => ({}), 'over TLS': overTls })) {
  test.serial(`${mode}: it stops in time though a client has connected and says nothing`, async (t) => {
    await using fixture = await startTestServer(config());
    const { host, port } = fixture.server.address;
    const silent = connectTcp(port, host);
    silent.on('error', () => {}).resume();
    await once(silent, 'connect');
    await fixture.client.appendToStream('a', happened());
    await stopsInTime(t, fixture.server);
    if (!silent.closed) await once(silent, 'close');
  });
}

test.serial('it stops in time though a client keeps an idle connection, and another disconnects at that moment', async (t) => {
  await using fixture = await startTestServer();
  const { host, port } = fixture.server.address;
  const [idle, leaving] = [connectHttp2(`http://${host}:${port}`), connectHttp2(`http://${host}:${port}`)];
  for (const session of [idle, leaving]) session.on('error', () => {});
  await Promise.all([once(idle, 'connect'), once(leaving, 'connect')]);
  const stopped = stopsInTime(t, fixture.server);
  leaving.destroy();
  await stopped;
  if (!idle.closed) await once(idle, 'close');
});

test.serial('it stops in time though a client does not read what it is sent', async (t) => {
  await using fixture = await startTestServer();
  const large = Array.from({ length: 100 }, () => jsonEvent({ type: 'happened', data: { text: 'x'.repeat(10_000) } }));
  for (let n = 0; n < 10; n++) await fixture.client.appendToStream('a', large);
  const reading = fixture.client.subscribeToAll({}, { highWaterMark: 1 });
  reading.on('error', () => {});
  await once(reading, 'confirmation');
  await stopsInTime(t, fixture.server);
});

/** A server on a store whose appends wait until the test lets them go. */
async function startWithSlowAppends(fixture: { readonly store: EventStore }) {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<AppendResult>();
  const slow: EventStore = {
    ...fixture.store,
    append: () => {
      asked.resolve();
      return answer.promise;
    },
  };
  const server = await startEventStoreServer({ store: slow }, { host: '127.0.0.1', port: 0, tls: 'insecure', initialEvents: 'omit' });
  return { server, asked: asked.promise, answer: answer.resolve, client: EventStoreDBClient.connectionString(server.connectionString) };
}

for (const [call, options] of Object.entries({ BatchAppend: {}, Append: { credentials: ADMIN } })) {
  test.serial(`an append in progress when the server stops ends with UNAVAILABLE: ${call}`, async (t) => {
    await using fixture = await startTestServer();
    const { server, asked, client } = await startWithSlowAppends(fixture);
    const appended = t.throwsAsync(client.appendToStream('a', happened(), options), { instanceOf: UnavailableError });
    await asked;
    await stopsInTime(t, server);
    await appended;
    await client.dispose();
  });

  test.serial(`an append that becomes durable while the server stops is acknowledged: ${call}`, async (t) => {
    await using fixture = await startTestServer();
    const { server, asked, answer, client } = await startWithSlowAppends(fixture);
    const appended = client.appendToStream('a', happened(), options);
    await asked;
    const stopped = stopsInTime(t, server);
    answer({ outcome: 'appended', revision: 7, position: 7 });
    t.is((await appended).nextExpectedRevision, 7n);
    await stopped;
    await client.dispose();
  });
}
