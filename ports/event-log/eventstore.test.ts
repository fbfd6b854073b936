import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import test from 'ava';
import { makeCertificates } from '../../event-store/grpc/certificates.ts';
import { portToKeep } from '../../event-store/grpc/test-fixture.ts';
import { startEventStoreServer } from '../../event-store/grpc/server.ts';
import { openEventStore } from '../../event-store/open.ts';
import { eventLogContract } from './contract.ts';
import { startEventStoreLog } from './eventstore.ts';
import type { EventLog, NewEvent } from './port.ts';

const named = process.env['TIDINGS_TEST_EVENTSTORE_URL'];
const certificates = makeCertificates(['localhost', '127.0.0.1'], Date.now());

/** Our own front over TLS, with EventStoreDB's idempotency; closing it leaves the folder. */
async function givenFront() {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-eventstore-'));
  const authority = join(folder, 'ca.pem');
  await writeFile(authority, certificates.authority);
  const port = await portToKeep();
  const start = async () => {
    const store = await openEventStore(join(folder, 'events'), { idempotency: 'eventstoredb' });
    const server = await startEventStoreServer({ store }, { host: '127.0.0.1', port, tls: certificates });
    return { server, store };
  };
  let running = await start();
  const stop = async () => {
    await running.server[Symbol.asyncDispose]();
    await running.store[Symbol.asyncDispose]();
  };
  return {
    url: () => `esdb://admin:changeit@localhost:${port}?tls=true&tlsCAFile=${encodeURIComponent(authority)}`,
    stop,
    start: async () => void (running = await start()),
    [Symbol.asyncDispose]: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The only cluster of its process appends in batches, over one call for all; one of several appends one by one. */
for (const [how, isOneOfSeveral] of Object.entries({ 'the only cluster': false, 'one of several': true })) {
  eventLogContract(
    `eventstoredb, ${how}`,
    async () => {
      const front = named === undefined ? await givenFront() : undefined;
      const open = () => startEventStoreLog({ connectionString: named ?? front?.url() ?? '', isOneOfSeveral });
      let log = open();
      return {
        log,
        reopened: async () => {
          await log[Symbol.asyncDispose]();
          return (log = open());
        },
        [Symbol.asyncDispose]: async () => {
          await log[Symbol.asyncDispose]();
          await front?.[Symbol.asyncDispose]();
        },
      };
    },
    test.serial,
  );
}

const event = (): NewEvent => ({ id: randomUUID(), type: 'test.happened.v1', data: Buffer.from('{}'), metadata: Buffer.from('{}') });

test.serial('a subscription resumes after the server was away, and misses and repeats nothing', async (t) => {
  await using front = await givenFront();
  const reconnects: unknown[] = [];
  await using log = startEventStoreLog({ connectionString: front.url(), isOneOfSeveral: true, onReconnect: (error) => reconnects.push(error) });
  const stop = new AbortController();
  const seen: number[] = [];
  const watching = (async () => {
    for await (const { events } of log.subscribe('main', { types: ['test.happened.v1'], signal: stop.signal })) {
      seen.push(...events.map(({ revision }) => revision));
      if (seen.length >= 40) return;
    }
  })();
  await appendMany(log, 0, 20);
  await front.stop();
  await front.start();
  await appendMany(log, 20, 40);
  await watching;
  stop.abort();
  t.deepEqual(
    seen,
    Array.from({ length: 40 }, (_, i) => i),
  );
  t.true(reconnects.length > 0);
});

/** Repeats an append with the same ids until it is answered, as the command handler does. */
async function appendMany(log: EventLog, from: number, until: number): Promise<void> {
  for (let i = from; i < until; i++) {
    const events = [event()];
    for (;;) {
      try {
        const { outcome } = await log.append('test-watched', events, i === 0 ? 'no-stream' : i - 1);
        if (outcome === 'appended') break;
        throw new Error('a conflict where nobody else appends');
      } catch (error) {
        if (!(error instanceof Error) || error.name !== 'LogUnavailable') throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }
}
