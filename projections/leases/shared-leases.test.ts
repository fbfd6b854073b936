/** Processes that share a view store share its work: evenly, one at a time, and again when one comes, goes or sleeps. */
import test from 'ava';
import { setTimeout as delay } from 'node:timers/promises';
import type { ViewStore } from '../../ports/views/port.ts';
import { ViewsUnavailable } from '../../ports/views/port.ts';
import { emptyViews, waitUntil } from '../test-fixture.ts';
import type { Lease, Leases } from './leases.ts';
import { startSharedLeases } from './shared-leases.ts';

const RENEW_MS = 150;
const UNITS = Array.from({ length: 9 }, (_, n) => `p${n}@1`);

/** Works on every unit it gets until its lease is revoked, and records who worked on what. */
function work(leases: Leases, holders: Map<string, Set<string>>, name: string, { batchMs = 5 }: { readonly batchMs?: number } = {}) {
  const stop = new AbortController();
  const workOn = async (unit: string) => {
    using offer = leases.offer(unit);
    for (;;) {
      const lease = await offer.acquire(stop.signal);
      if (lease === undefined) return;
      const working = holders.get(unit) ?? new Set();
      holders.set(unit, working.add(name));
      while (lease.isValid() && !stop.signal.aborted) await delay(batchMs);
      working.delete(name);
      lease.release();
    }
  };
  const done = Promise.all(UNITS.map(workOn));
  return {
    stop: async () => {
      stop.abort();
      await done;
      await leases[Symbol.asyncDispose]();
    },
  };
}

const given = async (views: ViewStore, process: string) => await startSharedLeases({ views, onFailure: () => undefined }, { process, renewMs: RENEW_MS });

const sharesOf = (holders: ReadonlyMap<string, ReadonlySet<string>>) => {
  const shares = new Map<string, number>();
  for (const working of holders.values()) for (const name of working) shares.set(name, (shares.get(name) ?? 0) + 1);
  return [...shares.values()].toSorted((one, other) => one - other);
};

test('units are spread over the processes, go to others when one stops, and are never worked on by two', async (t) => {
  await using store = await emptyViews();
  const holders = new Map<string, Set<string>>();
  let most = 0;
  const watching = setInterval(() => (most = Math.max(most, ...Array.from(holders.values(), ({ size }) => size))), 1);
  const a = work(await given(store.views, 'a'), holders, 'a');
  await waitUntil(() => holders.size === UNITS.length);
  const b = work(await given(store.views, 'b'), holders, 'b');
  const c = work(await given(store.views, 'c'), holders, 'c');
  await waitUntil(() => sharesOf(holders).join() === '3,3,3');
  await b.stop();
  await waitUntil(() => sharesOf(holders).every((share) => share <= 5) && [...holders.values()].every(({ size }) => size === 1));
  clearInterval(watching);
  await Promise.all([a.stop(), c.stop()]);
  t.is(most, 1);
});

test('a process that is gone without a word loses its units, and what it left goes', async (t) => {
  await using store = await emptyViews();
  let isGone = false;
  const until = Promise.withResolvers<never>();
  until.promise.catch(() => undefined);
  const gone: ViewStore = { ...store.views, commit: (commit) => (isGone ? until.promise : store.views.commit(commit)) };
  const lost = await given(gone, 'a');
  using first = lost.offer('x@1');
  const lease = await first.acquire(AbortSignal.timeout(5_000));
  t.true(lease?.isValid());
  await using others = await given(store.views, 'b');
  using second = others.offer('x@1');
  await delay(RENEW_MS * 3);
  isGone = true;
  t.truthy(await second.acquire(AbortSignal.timeout(5_000)));
  t.false(lease?.isValid(), 'it knows by itself that its time is over');
  t.false((await store.views.checkpoints()).has('~process:a'));
  until.reject(new ViewsUnavailable('gone'));
  await lost[Symbol.asyncDispose]();
});

test('a batch may last as long as it likes: whoever renews keeps the unit, and hands it over when it ends', async (t) => {
  await using store = await emptyViews();
  await using first = await given(store.views, 'a');
  using offers = first.offer('x@1');
  using _other = first.offer('y@1');
  const lease = (await offers.acquire(AbortSignal.timeout(5_000))) as Lease;
  await using second = await given(store.views, 'b');
  using x = second.offer('x@1');
  using y = second.offer('y@1');
  const taken: string[] = [];
  const taking = Promise.race([
    x.acquire(AbortSignal.timeout(5_000)).then(() => taken.push('x')),
    y.acquire(AbortSignal.timeout(5_000)).then(() => taken.push('y')),
  ]);
  await delay(RENEW_MS * 8);
  if (lease.revoked.aborted) t.deepEqual(taken, [], 'the other waits for the batch');
  else t.deepEqual(taken, ['y']);
  lease.release();
  await taking;
  t.is(taken.length, 1);
});

test('a withdrawn runner is worked on by nobody until it is reinstated', async (t) => {
  await using store = await emptyViews();
  await using first = await given(store.views, 'a');
  await using second = await given(store.views, 'b');
  using one = first.offer('x@1');
  using other = second.offer('x@1/0.1');
  using untouched = second.offer('x@2');
  const leases = await Promise.all([one, other, untouched].map((offer) => offer.acquire(AbortSignal.timeout(5_000))));
  for (const lease of leases.slice(0, 2)) {
    const releaseLater = () => setTimeout(() => lease?.release(), 30);
    if (lease?.isValid() === true) lease.revoked.addEventListener('abort', releaseLater);
    else releaseLater(); // this machine is slow
  }
  await second.withdraw('x@1', AbortSignal.timeout(5_000));
  t.deepEqual(
    leases.map((lease) => lease?.isValid()),
    [false, false, true],
  );
  t.is(await one.acquire(AbortSignal.timeout(RENEW_MS * 4)), undefined);
  await first.reinstate('x@1');
  t.truthy(await one.acquire(AbortSignal.timeout(5_000)));
  t.truthy(await other.acquire(AbortSignal.timeout(5_000)));
});

test('while nothing changes, leases cost a process one read and one write an interval', async (t) => {
  await using store = await emptyViews();
  let [reads, writes] = [0, 0];
  const counted: ViewStore = {
    ...store.views,
    checkpoints: () => (reads++, store.views.checkpoints()),
    checkpoint: (projection) => (reads++, store.views.checkpoint(projection)),
    commit: (commit) => (writes++, store.views.commit(commit)),
  };
  await using leases = await given(counted, 'a');
  const offers = UNITS.map((unit) => leases.offer(unit));
  for (const offer of offers) await offer.acquire(AbortSignal.timeout(5_000));
  await delay(RENEW_MS * 2);
  [reads, writes] = [0, 0];
  const startedMs = performance.now();
  await delay(RENEW_MS * 10);
  const intervals = (performance.now() - startedMs) / RENEW_MS + 1;
  t.true(reads <= intervals && writes <= intervals, `${reads} reads and ${writes} writes in ${intervals} intervals`);
  t.true(reads > 2 && writes > 2);
});

test('what a gone process has left need not be removable for its units to go to others', async (t) => {
  await using store = await emptyViews();
  await store.views.commit({ projection: '~process:gone', from: undefined, to: JSON.stringify({ renewals: 1, offers: ['x@1'], holds: ['x@1'] }), writes: [] });
  const failures: unknown[] = [];
  const views: ViewStore = { ...store.views, drop: () => Promise.reject(new ViewsUnavailable('no')) };
  const leases = await startSharedLeases({ views, onFailure: (error) => void failures.push(error) }, { process: 'a', renewMs: RENEW_MS });
  using offer = leases.offer('x@1');
  const lease = await offer.acquire(AbortSignal.timeout(10_000));
  t.truthy(lease);
  await delay(RENEW_MS * 6);
  t.true(lease?.isValid());
  t.true(failures.length > 0);
  await leases[Symbol.asyncDispose]();
});
