/**
 * A process is killed amid deliveries through a real sender, whose vendor is in another process. The next one continues: no message is
 * lost, and none comes twice but those that are marked; none at all where the vendor can be asked or takes a key.
 */
import test from 'ava';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { NotificationId } from '../../../domain/shared/ids.ts';
import { MINUTE_MS, plus } from '../../../domain/shared/instant.ts';
import type { VendorServer } from '../../../tests/vendors/vendor-server.ts';
import { START } from '../../test-fixture.ts';
import { requestOf, startVendorWorkers, untilSettled, type Actors } from './vendor-fixture.ts';
import { tallyVendor } from './vendor-tally.ts';
import { faultyVendors, type FaultyVendor } from './vendors.ts';

/** By the real clock, and much more than anything takes on a busy machine. */
const TIMEOUT_MS = 30 * MINUTE_MS;
const PATIENCE_MS = 2 * MINUTE_MS;
/** `TIDINGS_TEST_KILLS=20 TIDINGS_TEST_KILLED_DELIVERIES=5000` is the full run. */
const KILLS = Number(process.env['TIDINGS_TEST_KILLS'] ?? 2);
const DELIVERIES = Number(process.env['TIDINGS_TEST_KILLED_DELIVERIES'] ?? 400);
/** To each person, by a clock that stands still: no more than Twilio is asked for at once. */
const REQUESTS_MAX = 40;
const PEOPLE = Math.max(20, Math.ceil(DELIVERIES / REQUESTS_MAX));
const REQUESTS = Math.ceil(DELIVERIES / PEOPLE);
/** One that can be asked, one that promises nothing, and one that takes a key. */
const VENDORS = ['twilio', 'vonage', 'jpush'];

test('a process that is killed amid deliveries loses none, and doubles none but those that are marked', async (t) => {
  t.timeout(TIMEOUT_MS);
  for (let kill = 0; kill < KILLS; kill++) {
    const name = VENDORS[kill % VENDORS.length];
    const vendor = faultyVendors().find((one) => one.name === name);
    if (vendor === undefined) return t.fail();
    // Killed early and late, so that requests, plannings and attempts are under way.
    const after = Math.ceil((REQUESTS * PEOPLE * (1 + (kill % 4))) / 8);
    const row = await runKilled(vendor, after);
    t.log(`${vendor.name}, killed after ${after} of ${REQUESTS * PEOPLE}: lost ${row.lost}, doubled ${row.doubled}, marked ${row.marked}`);
    t.deepEqual([row.lost, row.unmarked], [0, 0]);
    if (vendor.promise !== 'marked') t.is(row.doubled, 0);
  }
});

async function runKilled(vendor: FaultyVendor, after: number) {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-killed-'));
  let clock = () => START;
  await using server = await vendor.startServer(() => clock());
  try {
    server.tell('accept slowly');
    const { actors, acknowledged } = await killedIn({ folder, vendor, server, after });
    // By the test's clock the next process asks at once, and not after the deadline of what was under way.
    const giveUpAt = performance.now() + PATIENCE_MS;
    while (server.underWay() > 0 && performance.now() < giveUpAt) await delay(5);
    server.tell('accept');
    const connect = { origin: server.url, ca: server.ca };
    await using work = await startVendorWorkers({ vendor, connect }, [{}, { folder, startAt: plus(START, MINUTE_MS) }]);
    clock = work.clock;
    const notifications: NotificationId[] = [];
    for (let n = 0; n < REQUESTS; n++) {
      const id = await requestOf({ work, vendor, actors }, `number-${n}`, { recipients: actors.recipients, body: `Number ${n}` });
      if (n < acknowledged.length && acknowledged[n] !== id) throw new Error(`Request ${n} became ${acknowledged[n]}, and then ${id}.`);
      notifications.push(id);
    }
    const count = REQUESTS * actors.recipients.length;
    return tallyVendor({ vendor, server }, await untilSettled(work, { notifications, count, stepMs: 9_000 }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Killing = { readonly folder: string; readonly vendor: FaultyVendor; readonly server: VendorServer; readonly after: number };
type Killed = { readonly actors: Actors; readonly acknowledged: readonly NotificationId[] };

async function killedIn({ folder, vendor, server, after }: Killing): Promise<Killed> {
  const authority = join(folder, 'authority.pem');
  await writeFile(authority, server.ca);
  const args = [fileURLToPath(import.meta.resolve('./vendor-process.ts')), folder, vendor.name, server.url, authority, String(PEOPLE), String(REQUESTS)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stderr.pipe(process.stderr);
  const exited = once(child, 'exit');
  const lines: unknown[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => void lines.push(JSON.parse(line)));
  const closed = once(child.stdout, 'close');
  const giveUpAt = performance.now() + PATIENCE_MS;
  while (child.exitCode === null && server.requests.length < after && performance.now() < giveUpAt) await delay(5);
  const asked = server.requests.length;
  child.kill('SIGKILL');
  await Promise.all([exited, closed]);
  if (child.signalCode !== 'SIGKILL' || asked < after) throw new Error(`The process was not killed in the middle: it had sent ${asked}.`);
  const [actors, ...acknowledged] = lines as [Actors, ...NotificationId[]];
  return { actors, acknowledged };
}
