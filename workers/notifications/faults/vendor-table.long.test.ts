/**
 * The fault table: the real sender of every vendor, with its simulator over the wire, while the vendor or the network fails. Of all
 * deliveries none may be lost; none may come twice where the vendor can be asked or takes a key, and elsewhere none that isn't marked.
 */
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import type { VendorDoes } from '../../../ports/sender/contract.ts';
import type { NotificationId } from '../../../domain/shared/ids.ts';
import { MINUTE_MS, SECOND_MS } from '../../../domain/shared/instant.ts';
import type { VendorServer } from '../../../tests/vendors/vendor-server.ts';
import { deliveriesIn } from '../test-fixture.ts';
import { startLink, type Link } from './link.ts';
import { advanceUntil, enrolPeople, requestOf, startVendorWorkers, untilSettled, type Actors, type VendorWorkers } from './vendor-fixture.ts';
import { tallyVendor, type VendorRow } from './vendor-tally.ts';
import { faultyVendors, type FaultyVendor, type Reports } from './vendors.ts';

/** By the real clock, and much more than anything takes on a busy machine. */
const TABLE_TIMEOUT_MS = 5 * MINUTE_MS;
/** By the real clock: shorter than a hang, and longer than anything else takes on a busy machine. */
const ATTEMPT_DEADLINE_MS = 10 * SECOND_MS;
const PEOPLE = 4;
/** More failures than open a breaker. */
const DELIVERIES = 12;
const STRUCK_MIN = 5;
/** By the test's clock: shorter than a vendor is waited for when it is asked. */
const STEP_MS = 9 * SECOND_MS;
const FAULT_MS = 30 * SECOND_MS;
const CUT_OFF_MS = 5 * MINUTE_MS;
const POLL_MS = 2;
const PATIENCE_MS = MINUTE_MS;

type Running = {
  readonly vendor: FaultyVendor;
  readonly server: VendorServer;
  readonly link: Link;
  readonly work: VendorWorkers;
  readonly actors: Actors;
};

type Fault = {
  readonly name: string;
  readonly does: VendorDoes;
  /** Once attempts are under way. */
  readonly strike?: (running: Running) => Promise<void>;
  readonly lastsMs: number;
  readonly end?: (running: Running) => Promise<void>;
};

const FAULTS: readonly Fault[] = [
  { name: '429', does: 'limit the rate', lastsMs: FAULT_MS },
  { name: '503', does: 'be unavailable', lastsMs: FAULT_MS },
  { name: 'hang', does: 'hang', lastsMs: 0 },
  { name: 'dropped before', does: 'drop the connection before accepting', lastsMs: FAULT_MS },
  { name: 'answer lost', does: 'drop the connection after accepting', lastsMs: 0 },
  { name: 'GOAWAY', does: 'accept slowly', strike: async ({ server }) => server.dropConnections('politely'), lastsMs: 0 },
  { name: 'closed silently', does: 'accept slowly', strike: async ({ server }) => server.dropConnections('silently'), lastsMs: 0 },
  { name: 'refused', does: 'refuse our credentials', lastsMs: FAULT_MS },
  {
    name: 'cut off',
    does: 'accept slowly',
    strike: ({ link }) => link.cut(),
    lastsMs: CUT_OFF_MS,
    end: ({ link }) => link.restore(),
  },
];
const LATE_CALLBACK = 'late callback';

const PROMISES = {
  asked: 'none comes twice, for the vendor is asked',
  key: 'none comes twice, for the vendor takes a key',
  replaces: 'one that comes twice is marked, and replaces the first',
  marked: 'one that comes twice is marked',
} as const;

const table = new Map<string, Map<string, string>>();

for (const vendor of faultyVendors()) {
  test(`${vendor.name}: whatever fails, no message is lost, and ${PROMISES[vendor.promise]}`, async (t) => {
    t.timeout(TABLE_TIMEOUT_MS);
    await using server = await vendor.startServer(() => work.clock());
    await using link = await startLink(server.port);
    await using work = await startVendorWorkers({ vendor, connect: { origin: link.origin, ca: server.ca } }, [{ attemptDeadlineMs: ATTEMPT_DEADLINE_MS }]);
    const running = { vendor, server, link, work, actors: await enrolPeople(work, vendor, PEOPLE) };
    const cells = new Map<string, string>();
    const add = (name: string, row: VendorRow) => {
      cells.set(name, `${row.lost}/${row.doubled}/${row.marked}`);
      t.deepEqual({ name, lost: row.lost, unmarked: row.unmarked }, { name, lost: 0, unmarked: 0 });
      if (vendor.promise === 'asked' || vendor.promise === 'key') t.is(row.doubled, 0, name);
    };
    table.set(vendor.name, cells);
    for (const fault of FAULTS) {
      const row = await runFault(running, fault);
      add(fault.name, row);
      if (fault.does === 'drop the connection after accepting' && vendor.promise !== 'asked') t.true(row.marked > 0, 'the fault struck');
    }
    const reports = vendor.reports?.(work.clock);
    if (reports === undefined) return;
    const row = await runLateCallback(running, reports);
    add(LATE_CALLBACK, row);
    t.is(row.doubled, 0, 'callbacks settled what was unknown');
  });
}

test.after.always((t) => {
  const names = [...FAULTS.map(({ name }) => name), LATE_CALLBACK];
  const line = (head: string, cells: readonly string[]) =>
    `${head.padEnd(20)}${cells.map((cell, i) => cell.padStart(Math.max(names[i]?.length ?? 0, 7) + 2)).join('')}`;
  t.log(line('lost/doubled/marked', names));
  for (const [vendor, cells] of table)
    t.log(
      line(
        vendor,
        names.map((name) => cells.get(name) ?? '-'),
      ),
    );
});

async function request({ work, vendor, actors }: Running, name: string, count = DELIVERIES): Promise<readonly NotificationId[]> {
  const { recipients } = actors;
  const asked = Array.from({ length: count }, (_, n) => {
    const at = n % recipients.length;
    return requestOf({ work, vendor, actors }, `${name}-${n}`, { recipients: recipients.slice(at, at + 1), body: `Number ${n} of ${name}` });
  });
  return await Promise.all(asked);
}

async function runFault(running: Running, { name, does, strike, lastsMs, end }: Fault): Promise<VendorRow> {
  const { work, server, vendor } = running;
  const before = server.requests.length;
  server.tell(does);
  const notifications = await request(running, name);
  if (strike !== undefined) {
    const giveUpAt = performance.now() + PATIENCE_MS;
    while (server.requests.length < before + STRUCK_MIN && performance.now() < giveUpAt) await delay(POLL_MS);
    await strike(running);
    // A slow vendor takes what it has read in a moment of the real clock; by the test's clock it would be asked before that.
    const hasTaken = async () => {
      const deliveries = await deliveriesIn(work, notifications);
      const taken = deliveries.reduce((sum, { delivery }) => sum + server.accepted(vendor.keyOf(delivery)).length, 0);
      return taken >= server.requests.slice(before).filter(({ method, path }) => method === 'POST' && path !== '/token').length;
    };
    while (!(await hasTaken()) && performance.now() < giveUpAt) await delay(POLL_MS);
  }
  const endsAt = work.monotonicMs() + lastsMs;
  await advanceUntil(work, () => work.monotonicMs() >= endsAt, STEP_MS);
  server.tell('accept');
  await end?.(running);
  const deliveries = await untilSettled(work, { notifications, count: DELIVERIES, stepMs: STEP_MS });
  // The vendor that was asked has not been sent anything since: one more shows that it is back, and its breaker closed.
  const afterwards = await request(running, `after ${name}`, 1);
  return tallyVendor(running, [...deliveries, ...(await untilSettled(work, { notifications: afterwards, count: 1, stepMs: STEP_MS }))]);
}

/** Every answer is lost, and nothing can be asked: two messages to one person say the same. Then the vendor reports. */
async function runLateCallback(running: Running, { verifier, delivered }: Reports): Promise<VendorRow> {
  const { work, server, vendor, actors } = running;
  server.tell('drop the connection after accepting');
  const recipients = actors.recipients.slice(0, 1);
  const asked = Array.from({ length: STRUCK_MIN }, (_, n) => requestOf({ work, vendor, actors }, `late-${n}`, { recipients, body: 'The same words' }));
  const notifications = await Promise.all(asked);
  const all = async () => await deliveriesIn(work, notifications);
  await advanceUntil(work, async () => {
    const now = await all();
    return now.length === STRUCK_MIN && now.every(({ status }) => status === 'unknown' || status === 'accepted');
  });
  server.tell('accept');
  for (const { delivery } of await all()) {
    for (const taken of server.accepted(vendor.keyOf(delivery))) {
      const callbacks = verifier.verify(delivered(taken));
      if ('refused' in callbacks) throw new Error(callbacks.refused);
      await work.commands.recordCallbacks({ vendor: verifier.vendor, callbacks, contextFor: work.contextFor, at: work.clock(), correlationId: 'c' });
    }
  }
  await work.time.advance(30 * MINUTE_MS);
  return tallyVendor(running, await untilSettled(work, { notifications, count: STRUCK_MIN, stepMs: STEP_MS }));
}
