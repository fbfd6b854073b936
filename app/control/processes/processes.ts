/**
 * Which processes there are, and how they are: one asks all others by a hint, and each answers for itself. Nobody keeps a list, so that none is
 * out of date: who doesn't answer in time is not in it.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { PersonId } from '../../../domain/shared/ids.ts';
import type { Broadcast } from '../../../ports/broadcast/port.ts';
import type { Config } from '../../config/config.ts';
import type { HealthChecks } from '../../health/checks.ts';
import { VERSION } from '../../version.ts';
import type { ProcessLine } from './protocol.ts';

/** A health check takes up to 2 s. */
export const ANSWERS_WITHIN_MS = 2_500;
/** Processes listen to it, where a person has listeners elsewhere. */
const TOPIC = 'processes' as PersonId;

export type Processes = Disposable & {
  /** This one first. Never rejects: where others can't be asked, it is alone. */
  list(signal: AbortSignal): Promise<readonly ProcessLine[]>;
};

type Dependencies = {
  readonly broadcast: Pick<Broadcast, 'publish' | 'listen'>;
  readonly health: HealthChecks;
  readonly clock: () => Instant;
  /** An answer that could not be made. */
  readonly onFailure: (error: unknown) => void;
};
type Options = Pick<Config, 'roles'> & {
  /** Whether there may be others. */
  readonly isAlone: boolean;
  readonly answersWithinMs?: number;
};

export function startProcesses({ broadcast, health, clock, onFailure }: Dependencies, options: Options): Processes {
  const { roles, isAlone, answersWithinMs = ANSWERS_WITHIN_MS } = options;
  const fixed = { process: randomUUID(), roles, version: VERSION, host: hostname(), pid: process.pid, startedAt: clock() };
  const own = async () => ({ ...fixed, memoryBytes: process.memoryUsage().rss, checks: await health.run() });
  const answer = async (to: PersonId) => broadcast.publish([to], { kind: 'process', line: await own() });
  const listening = isAlone
    ? undefined
    : broadcast.listen(TOPIC, ({ ask }) => {
        if (ask !== fixed.process) answer(ask as PersonId).catch(onFailure);
      });
  return {
    list: async (signal) => {
      const self = own();
      const others = isAlone ? [] : await askOthers(broadcast, { asker: fixed.process, answersWithinMs, signal });
      return [{ ...(await self), asked: true }, ...others];
    },
    [Symbol.dispose]: () => listening?.[Symbol.dispose](),
  };
}

async function askOthers(
  broadcast: Dependencies['broadcast'],
  { asker, answersWithinMs, signal }: { readonly asker: string; readonly answersWithinMs: number; readonly signal: AbortSignal },
): Promise<readonly ProcessLine[]> {
  const answered = new Map<string, ProcessLine>();
  using listening = broadcast.listen(asker as PersonId, ({ line }) => {
    const process = line as Omit<ProcessLine, 'asked'>;
    answered.set(process.process, { ...process, asked: false });
  });
  await listening.known;
  broadcast.publish([TOPIC], { kind: 'who-is-there', ask: asker });
  await delay(answersWithinMs, undefined, { signal }).catch(() => undefined);
  return [...answered.values()].toSorted((one, other) => (`${one.host}:${one.pid}` < `${other.host}:${other.pid}` ? -1 : 1));
}
