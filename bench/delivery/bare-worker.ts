/** A server process with a queue and a worker that posts what is in it to the vendor, and does nothing else: no log, no checks, no views. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instant } from '../../domain/shared/instant.ts';
import { startMemoryJobQueue } from '../../ports/job-queue/memory.ts';
import { startOutbox } from '../../ports/sender/outbox/outbox.ts';
import { serveParent } from '../chat/serve-parent.ts';
import { waitFor } from '../distributed/waiting.ts';
import { bareAttempt } from './bare-attempt.ts';
import { VENDOR_MS } from './sizes.ts';

const POSTED_WITHIN_MS = 60_000;

await using started = new AsyncDisposableStack();
const folder = await mkdtemp(join(tmpdir(), 'tidings-bench-delivery-'));
started.defer(() => rm(folder, { recursive: true, force: true }));
const outbox = started.use(await startOutbox({ folder, clock: () => instant(Date.now()) }));
const jobs = started.use(await startMemoryJobQueue({ waitingMax: 1_000_000, onDropped: (_, __, error) => console.error(error) }));
await outbox.behave({ push: { does: 'accept-slowly', latencyMs: VENDOR_MS } });
const sender = outbox.senders.find(({ channel }) => channel === 'push');

async function post(id: string): Promise<void> {
  const outcome = await sender?.send(bareAttempt(id));
  if (outcome?.outcome !== 'accepted') throw new Error(`The vendor answered ${outcome?.outcome}.`);
}

/** Returns how long it took, in milliseconds of `performance.now`. */
async function run({ deliveries, concurrency }: { readonly deliveries: number; readonly concurrency: number }): Promise<number> {
  let posted = 0;
  const startedAt = performance.now();
  await using _ = jobs.consume('bench', { concurrency }, async ({ data }) => {
    await post(String(data['delivery']));
    posted += 1;
  });
  const ids = Array.from({ length: deliveries }, () => randomUUID());
  for (let at = 0; at < ids.length; at += 1_000) {
    await jobs.add(
      'bench',
      ids.slice(at, at + 1_000).map((id) => ({ id, data: { delivery: id } })),
    );
  }
  await waitFor('all posted', () => posted >= deliveries, { withinMs: POSTED_WITHIN_MS, pollMs: 5 });
  return performance.now() - startedAt;
}

serveParent({ url: () => '', run }, () => started.disposeAsync());
await new Promise(() => undefined); // until the parent stops it
