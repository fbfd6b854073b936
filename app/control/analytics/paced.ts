/** Keeps long reading from taking a process away from those it serves. */
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';

const PAUSE_MS_MAX = 1_000;
const WHOLE_SHARE = 100;
/** What was read is also sent: for half as long again, about. */
const WITH_SENDING = 1.5;

export type Pace = {
  /** Called when a piece of reading begins, and when it has ended. What is between an end and the next begin, such as waiting for the reader, is nobody's time. */
  begin(): void;
  end(): void;
  /** Pauses as long as the share of the time demands for what was read since. A whole share gives others a turn, and no more. */
  pause(): Promise<void>;
};

export function paceOf(share: number, signal: AbortSignal): Pace {
  let [begun, workedMs] = [performance.now(), 0];
  return {
    begin: () => void (begun = performance.now()),
    end: () => void (workedMs += performance.now() - begun),
    pause: async () => {
      const pauseMs = Math.min(PAUSE_MS_MAX, workedMs * WITH_SENDING * (WHOLE_SHARE / share - 1));
      workedMs = 0;
      await (pauseMs < 1 ? nextTurn() : delay(pauseMs, undefined, { signal }).catch(() => undefined));
    },
  };
}
