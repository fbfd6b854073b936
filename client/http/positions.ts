/**
 * How far in the log this client's commands have come: sent with each request, so that what it reads includes what it did. The answer to a
 * command covers the positions that were sent with it; of commands that were under way at once, each answers a position of its own.
 */
export type Positions = {
  /** What to send; undefined where nothing was done yet. */
  readonly toSend: () => string | undefined;
  /** `sent`: what was sent with the request that is answered. */
  readonly receive: (position: string, sent: string | undefined) => void;
  /** They are of a log that is no more: it was restored from a backup. */
  readonly forget: () => void;
};

const KEPT_MAX = 8;

export function createPositions(): Positions {
  let kept: readonly string[] = [];
  return {
    toSend: () => (kept.length === 0 ? undefined : kept.join(',')),
    receive: (position, sent) => {
      const covered = new Set(sent?.split(','));
      kept = [...kept.filter((one) => one !== position && !covered.has(one)), position].slice(-KEPT_MAX);
    },
    forget: () => {
      kept = [];
    },
  };
}
