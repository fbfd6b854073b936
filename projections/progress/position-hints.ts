/**
 * Who waits for a position of another process's projections is told when something has come further, and looks at once instead of at
 * the next poll. A hint that is lost costs the time until that poll. A process listens only while somebody waits in it, and a little
 * longer: the next caller comes soon, and beginning to listen costs a write.
 */
import type { PersonId } from '../../domain/shared/ids.ts';
import { SECOND_MS } from '../../domain/shared/instant.ts';
import type { ProgressHint } from '../../ports/broadcast/hints.ts';
import type { Broadcast, Listening } from '../../ports/broadcast/port.ts';
import { pause } from './back-off.ts';

/** Processes listen to it, where a person has listeners elsewhere. */
const TOPIC = 'projections' as PersonId;
const HINT: ProgressHint = { kind: 'projections-advanced' };
/** Between two hints of one process. */
const TELL_EVERY_MS = 20;
/** Between two looks, however many processes tell. */
const WAKE_EVERY_MS = 10;
const LINGER_MS = 10 * SECOND_MS;

export type PositionHints = {
  /** Something has come further in this process. */
  tell(): void;
  listen(): PositionListening;
  /** How many hints have come, by which a read knows whether it began before the last. */
  heard(): number;
};

export type PositionListening = Disposable & {
  /** Hints from before are known: the caller reads what there is now. */
  look(): void;
  /** Resolves with the first hint since the last look, when the time is over, or when the signal aborts. */
  rest(ms: number, signal: AbortSignal): Promise<void>;
  /** Whether hints of all processes come by now. */
  isKnown(): boolean;
};

/** Where no other process has projections. */
export const noHints: PositionHints = {
  tell: () => undefined,
  heard: () => 0,
  listen: () => ({ look: () => undefined, rest: pause, isKnown: () => false, [Symbol.dispose]: () => undefined }),
};

export function startPositionHints(
  broadcast: Pick<Broadcast, 'publish' | 'listen' | 'onGap'>,
  { lingerMs = LINGER_MS }: { readonly lingerMs?: number } = {},
): PositionHints & Disposable {
  const waiters = new Set<Waiter>();
  const wakeAll = paced(WAKE_EVERY_MS, () => {
    for (const waiter of waiters) {
      waiter.isHinted = true;
      waiter.wake?.();
    }
  });
  let current: { readonly listening: Listening; isKnown: boolean } | undefined;
  let lingering: NodeJS.Timeout | undefined;
  let heard = 0;
  const hear = () => {
    heard += 1;
    wakeAll.soon();
  };
  const begin = () => {
    clearTimeout(lingering);
    if (current !== undefined) return;
    const begun = { listening: broadcast.listen(TOPIC, hear), isKnown: false };
    void begun.listening.known.then(() => (begun.isKnown = true));
    current = begun;
  };
  const end = () => {
    current?.listening[Symbol.dispose]();
    current = undefined;
  };
  const gaps = broadcast.onGap(hear);
  const telling = paced(TELL_EVERY_MS, () => broadcast.publish([TOPIC], HINT));

  return {
    tell: () => telling.soon(),
    heard: () => heard,
    listen: () => {
      const waiter: Waiter = { isHinted: false, wake: undefined };
      waiters.add(waiter);
      begin();
      return {
        look: () => void (waiter.isHinted = false),
        rest: (ms, signal) => untilHinted(waiter, ms, signal),
        isKnown: () => current?.isKnown === true,
        [Symbol.dispose]: () => {
          waiters.delete(waiter);
          if (waiters.size > 0) return;
          clearTimeout(lingering);
          lingering = setTimeout(end, lingerMs).unref();
        },
      };
    },
    [Symbol.dispose]: () => {
      telling[Symbol.dispose]();
      wakeAll[Symbol.dispose]();
      clearTimeout(lingering);
      gaps[Symbol.dispose]();
      end();
    },
  };
}

/** Works at once, or when so much time has passed since it last did; once for all that is asked meanwhile. */
function paced(everyMs: number, work: () => void): Disposable & { soon(): void } {
  let next: NodeJS.Timeout | undefined;
  let workedAtMs = -Infinity;
  const begin = () => {
    next = undefined;
    workedAtMs = performance.now();
    work();
  };
  return {
    soon: () => void (next ??= setTimeout(begin, Math.max(0, workedAtMs + everyMs - performance.now())).unref()),
    [Symbol.dispose]: () => clearTimeout(next),
  };
}

type Waiter = { isHinted: boolean; wake: (() => void) | undefined };

function untilHinted(waiter: Waiter, ms: number, signal: AbortSignal): Promise<void> {
  if (waiter.isHinted || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      waiter.wake = undefined;
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
    waiter.wake = end;
  });
}
