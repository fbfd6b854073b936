/** A server that accepts connections and never answers. */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import test from 'ava';
import { startEventStoreLog } from '../eventstore.ts';
import { LogUnavailable } from '../port.ts';

const DEADLINES = { appendMs: 1_000, readMs: 500 };
/** Without these deadlines, and for a busy machine: the longest of those that hold where none are given, less a second. */
const ANSWERED_WITHIN_MS = 9_000;

test('whatever is asked of a log that hangs is refused in its time', async (t) => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket.on('error', () => undefined))).listen(0, '127.0.0.1');
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await using log = startEventStoreLog({ connectionString: `esdb://127.0.0.1:${port}?tls=false`, deadlines: DEADLINES });
  const event = { id: randomUUID(), type: 'test.happened.v1', data: Buffer.from('{}'), metadata: Buffer.from('{}') };
  const from = performance.now();
  await Promise.all([
    t.throwsAsync(Array.fromAsync(log.readStream('a')), { instanceOf: LogUnavailable }),
    t.throwsAsync(Array.fromAsync(log.readAll('main')), { instanceOf: LogUnavailable }),
    t.throwsAsync(log.head('main'), { instanceOf: LogUnavailable }),
    t.throwsAsync(log.keepLast('a', 1), { instanceOf: LogUnavailable }),
    t.throwsAsync(log.truncate('a', 1), { instanceOf: LogUnavailable }),
    t.throwsAsync(log.append('a', [event], 'no-stream'), { instanceOf: LogUnavailable }),
  ]);
  const tookMs = performance.now() - from;
  t.true(tookMs < ANSWERED_WITHIN_MS, `it took ${tookMs} ms`);
});
