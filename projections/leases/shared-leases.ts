/**
 * Leases among the processes that share a view store. Each process keeps one entry there with what it offers and what it holds, and
 * renews it at intervals; one more entry, which whoever finds it unfair rewrites, says who is to hold what. A unit is handed over in
 * two steps: the assignment names the new process, and the new one begins when the old one's entry no longer holds the unit.
 *
 * A process whose entry has not changed for two intervals of whoever looks counts as gone. Nobody's clock is compared with another's.
 */
import type { ViewStore } from '../../ports/views/port.ts';
import { pause, retryDelayMs } from '../progress/back-off.ts';
import { BOOKKEEPING, runnerOfCheckpoint } from '../progress/names.ts';
import { passedOverName } from '../progress/passed-over.ts';
import { assign, type Assigned } from './assign.ts';
import type { Leases } from './leases.ts';
import { createOffers } from './offers.ts';

export const LEASE_RENEW_MS = 2_000;
/** A process that has not renewed for so many intervals is gone. */
const EXPIRES_AFTER_INTERVALS = 2;
/** Offers that come together are told together. */
const SETTLE_MS = 20;

const ASSIGNMENT = `${BOOKKEEPING}leases`;
const PROCESS_PREFIX = `${BOOKKEEPING}process:`;
const processEntry = (id: string): string => PROCESS_PREFIX + id;

type ProcessEntry = { readonly renewals: number; readonly offers: readonly string[]; readonly holds: readonly string[] };
type Assignment = { readonly assigned: Assigned; readonly withdrawn: readonly string[] };
const NOTHING_ASSIGNED: Assignment = { assigned: {}, withdrawn: [] };

export type SharedLeasesConfig = {
  /** Names the process: another for every start. */
  readonly process: string;
  readonly renewMs?: number;
};

type Dependencies = {
  readonly views: Pick<ViewStore, 'checkpoints' | 'checkpoint' | 'commit' | 'drop'>;
  /** The views can't be reached; the leases are lost when that lasts. */
  readonly onFailure: (error: unknown) => void;
};

/** Resolves after the first round: this process is known to the others. */
export async function startSharedLeases({ views, onFailure }: Dependencies, { process, renewMs = LEASE_RENEW_MS }: SharedLeasesConfig): Promise<Leases> {
  const expiresMs = renewMs * EXPIRES_AFTER_INTERVALS;
  const stop = new AbortController();
  let wake = new AbortController();
  let renewedMs = performance.now();
  let renewals = 0;
  let stored: string | undefined;
  const seen = new Map<string, { readonly entry: string; readonly sinceMs: number }>();
  const isValid = () => performance.now() - renewedMs < expiresMs;
  const offers = createOffers({ isValid, onChange: () => wake.abort() });

  /** Tells the others what this process offers and holds, and what it is about to hold. */
  const tell = async (taking: readonly string[] = []): Promise<void> => {
    const startedMs = performance.now();
    const entry: ProcessEntry = { renewals: (renewals += 1), offers: offers.offered(), holds: [...offers.held(), ...taking] };
    const to = JSON.stringify(entry);
    const outcome = await views.commit({ projection: processEntry(process), from: stored, to, writes: [] });
    if (outcome === 'committed') {
      stored = to;
      renewedMs = startedMs;
      return;
    }
    stored = await views.checkpoint(processEntry(process)); // others took this process for gone, or an answer was lost
    throw new Error('The leases of this process were not renewed.');
  };

  /** Where this fails the process stays gone, and the next round tries again. */
  const removeWhatIsLeft = async (name: string): Promise<void> => {
    try {
      await views.drop(passedOverName(name.slice(PROCESS_PREFIX.length)), []);
      await views.drop(name, []);
      seen.delete(name);
    } catch (error) {
      onFailure(error);
    }
  };

  /** The other processes that are alive. What a process that is gone has left is removed. */
  const othersIn = async (entries: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, ProcessEntry>> => {
    const others = new Map<string, ProcessEntry>();
    const nowMs = performance.now();
    for (const [name, entry] of entries) {
      if (!name.startsWith(PROCESS_PREFIX) || name === processEntry(process)) continue;
      const before = seen.get(name);
      if (before?.entry !== entry) seen.set(name, { entry, sinceMs: nowMs });
      else if (nowMs - before.sinceMs >= expiresMs) {
        await removeWhatIsLeft(name);
        continue;
      }
      others.set(name.slice(PROCESS_PREFIX.length), JSON.parse(entry) as ProcessEntry);
    }
    return others;
  };

  const changeAssignment = async (before: string | undefined, next: Assignment): Promise<boolean> => {
    const assigned = Object.fromEntries(Object.entries(next.assigned).toSorted(([one], [other]) => (one < other ? -1 : 1)));
    const to = JSON.stringify({ ...next, assigned } satisfies Assignment);
    return to === before || (await views.commit({ projection: ASSIGNMENT, from: before, to, writes: [] })) === 'committed';
  };

  const round = async (): Promise<void> => {
    if (!isValid()) for (const unit of offers.offered()) offers.revoke(unit); // it slept, or could not reach the views
    await tell();
    const entries = await views.checkpoints();
    const others = await othersIn(entries);
    const before = assignmentOf(entries.get(ASSIGNMENT));
    const processes = [{ id: process, offers: offers.offered() }, ...Array.from(others, ([id, entry]) => ({ id, offers: entry.offers }))];
    const offered = new Set(processes.flatMap((one) => one.offers.map(runnerOfCheckpoint)));
    const withdrawn = before.withdrawn.filter((runner) => offered.has(runner));
    const assigned = assign(processes, before.assigned, withdrawn);
    if (!(await changeAssignment(entries.get(ASSIGNMENT), { assigned, withdrawn }))) return wake.abort(); // another process was faster
    const heldByOthers = new Set(Array.from(others.values(), ({ holds }) => holds).flat());
    for (const unit of offers.offered()) if (assigned[unit] !== process) offers.revoke(unit);
    await take(offers.offered().filter((unit) => assigned[unit] === process && !heldByOthers.has(unit) && !offers.isGranted(unit)));
  };

  /** First it is told, then looked whether that still is what was assigned: whoever changes the assignment looks the other way round, so one sees the other. */
  const take = async (units: readonly string[]): Promise<void> => {
    if (units.length === 0) return;
    await tell(units);
    const { assigned } = assignmentOf(await views.checkpoint(ASSIGNMENT));
    for (const unit of units) {
      if (assigned[unit] === process) offers.grant(unit);
      else wake.abort();
    }
  };

  const rounds = async (): Promise<void> => {
    let failures = 0;
    while (!stop.signal.aborted) {
      wake = new AbortController();
      try {
        await round();
        failures = 0;
        const either = AbortSignal.any([wake.signal, stop.signal]);
        await pause(renewMs, either);
        if (!stop.signal.aborted && wake.signal.aborted) await pause(SETTLE_MS, stop.signal);
      } catch (error) {
        failures += 1;
        onFailure(error);
        await pause(Math.min(retryDelayMs(failures), renewMs / 2), stop.signal);
      }
    }
  };

  const changeWithdrawn = async (change: (withdrawn: readonly string[]) => readonly string[]): Promise<void> => {
    for (;;) {
      const before = await views.checkpoint(ASSIGNMENT);
      const { assigned, withdrawn } = assignmentOf(before);
      const next = change(withdrawn);
      if (next.join() === withdrawn.join()) return;
      const kept = Object.fromEntries(Object.entries(assigned).filter(([unit]) => !next.includes(runnerOfCheckpoint(unit))));
      if (await changeAssignment(before, { assigned: kept, withdrawn: next })) return wake.abort();
    }
  };

  await tell();
  const running = rounds();

  return {
    isSole: false,
    offer: (unit) => offers.offer(unit),
    withdraw: async (runner, signal) => {
      await changeWithdrawn((withdrawn) => [...withdrawn.filter((one) => one !== runner), runner]);
      const isOfRunner = (unit: string) => runnerOfCheckpoint(unit) === runner;
      for (;;) {
        signal.throwIfAborted();
        const others = await othersIn(await views.checkpoints());
        if (![...offers.held(), ...Array.from(others.values(), ({ holds }) => holds).flat()].some(isOfRunner)) return;
        await pause(Math.min(100, renewMs / 4), signal);
      }
    },
    reinstate: (runner) => changeWithdrawn((withdrawn) => withdrawn.filter((one) => one !== runner)),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
      await views.drop(processEntry(process), []).catch(() => undefined); // otherwise the others find out when it is not renewed
    },
  };
}

const assignmentOf = (stored: string | undefined): Assignment => (stored === undefined ? NOTHING_ASSIGNED : (JSON.parse(stored) as Assignment));
